"""Pay: what a month's salary, allowances and insurance come to, raises of a step, arrears, shares of funds."""
