"""Other programs' formats: Anki's text files and packages, GIFT quizzes, review logs for FSRS tools."""
