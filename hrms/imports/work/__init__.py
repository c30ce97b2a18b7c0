"""Work given from a workbook; what a row means is said by `hrms.performance.services.bringing`."""
