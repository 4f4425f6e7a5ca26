"""An ad in, a reading out. Pure functions over text and catalogue: no network, database, log or clock."""
