"""The front door: spiders, file intake, masking of contacts. Never interprets an ad."""
