"""What has to hold beyond the shape of a file: within an item, between items, and over a whole set."""
