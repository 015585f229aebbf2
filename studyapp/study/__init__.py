"""The use cases that the commands and the screens share: open, review, quiz, overview, search, statistics."""
