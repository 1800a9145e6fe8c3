"""What people read: tables, documents, figures; every number from the same `Estimate`."""
