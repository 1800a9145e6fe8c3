"""What the data mean, where they are and how they came about; the bottom layer."""
