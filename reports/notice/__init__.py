"""Platform notices (平台函) as files: one letter, and its list for people and for programs."""
