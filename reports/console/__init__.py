"""The console: pages on which people of a bureau find, read and work cases."""
