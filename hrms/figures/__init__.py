"""The province's figures where the law leaves them open, and the catalogues of the law as the program holds them."""
