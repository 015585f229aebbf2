"""What the words of the study loop mean; standard library and the FSRS package only."""
