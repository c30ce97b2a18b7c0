"""What is read: set-based statements for the pages, the exports and the API of performance."""
