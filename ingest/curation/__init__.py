"""Facts that people read from reports and wrote into sheets."""
