"""Several processes on one database: what they tell each other. The database is the truth; this only makes it quick."""
