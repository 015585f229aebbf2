"""What runs outside the app: a learner's workspace, the checks on it, and the processes of a lab."""
