"""Pay: monthly runs with their slips and lines, raises, incentives, leaving, lists for social insurance, what-if."""

from hrms.pay.models.incentives import IncentiveRound, IncentiveScheme, IncentiveShare
from hrms.pay.models.leaving import InsuranceChange, InsuranceReport, SeveranceCase
from hrms.pay.models.raises import EarlyQuota, RaiseItem, RaiseList
from hrms.pay.models.runs import PayLine, PayRun, PaySlip
from hrms.pay.models.scenarios import PayScenario

__all__ = [
    "EarlyQuota",
    "IncentiveRound",
    "IncentiveScheme",
    "IncentiveShare",
    "InsuranceChange",
    "InsuranceReport",
    "PayLine",
    "PayRun",
    "PayScenario",
    "PaySlip",
    "RaiseItem",
    "RaiseList",
    "SeveranceCase",
]
