"""The national catalogue as versioned data: editions, qualifications in and outside it, their names."""
