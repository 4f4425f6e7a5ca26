"""The national catalogue as versioned data: editions, qualifications inside and outside it, and their names."""
