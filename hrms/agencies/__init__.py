"""The agency tree, its codes and contacts, and the dated reorganisations that change it."""
