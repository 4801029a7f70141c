"""Bank files: recognised, read as a stream, and turned into flat bank lines.

Pure code (no Django) except ``messages``, which holds the words for people.
"""
