"""What is said: taken in, marked, recalled."""
