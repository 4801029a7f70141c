"""A local Lexware Office server with invented companies, for demos, tests and integration work.

It stands outside the application: it imports none of its apps, and none of them imports it. What it answers
follows the public reference of the Lexware Office API, measured behaviour before documented behaviour.
"""
