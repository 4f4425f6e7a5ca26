"""Public reports (群众举报): pages and texts that people report, from the receipt to the ad."""
