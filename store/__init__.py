"""The database: models, migrations, and queries named in the field's words. Decides nothing about law."""
