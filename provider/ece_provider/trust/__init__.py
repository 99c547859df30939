"""What the resources of one deployment's trust share: its entries, one writer for all of them, checks of ids."""
