# SPDX-License-Identifier: Apache-2.0
"""What partners may see of a case: no decision, only an answer on a day."""
from conditions import View
from values import UNKNOWN, add_period


def is_shown(world, name, case, partner, day):
    program, share = world.rulebook.share(name, case.county, day)
    if share is None or share.partner != partner.kind or share.case_kind not in (None, case.kind):
        return False
    view = View(world, case, program, day, partner=partner)
    return consents(view, share) and (share.when is None or view.value(share.when) is True)


def consents(view, share):
    """From the day on which the person agreed to the last day of the period."""
    if share.consent is None:
        return True
    agreed = view.case.fact(view.rulebook, share.consent)
    if agreed is UNKNOWN:
        return False
    return agreed <= view.day <= add_period(agreed, view.value(share.lasts), 1, view.rulebook.days_off)
