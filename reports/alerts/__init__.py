"""Messages to the bureaus: from the rows of a delivery to an e-mail, without network, clock or database."""
