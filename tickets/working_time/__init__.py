"""When people work: holidays and make-up days, hours of the day, and time counted in them."""
