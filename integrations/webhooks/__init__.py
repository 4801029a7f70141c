"""What Lexware Office tells us by itself: verified, kept, answered at once. A delivery is a hint, never a fact."""
