# SPDX-License-Identifier: Apache-2.0
"""Policies as a county might write them, each with a fault that `waymark prove` asks for by itself, and the same
without it: (what it is about, the policy, more arguments, what is said).

What is said is a part of the JSON: {"waits": 1} is how many cases may wait, {"open": 1} how many referrals have no
ending, {"debt": "proved"}, {"fund": "can be overdrawn"}, {"differ": 1} how many locked provisions are not the same everywhere.
"""

HEAD = """timezone "America/Los_Angeles"

calendar state
  holiday 2026-11-26 "Thanksgiving"
  weekend Saturday, Sunday

"""


def library(body):
    return HEAD + """case reader "A reader"
  age : years from 0 to 120 optional

event overdue of reader "A book is overdue"
  days : number from 1 to 400

event returned of reader

event joined of reader

party desk

program library "Late books"
  effective 2026-07-01

""" + body + """
county alameda "Alameda County"
  adopts library from 2026-07-01
"""


def shelter(body, county="", vocabulary=""):
    return HEAD + """case guest "A guest"
  veteran : yes/no default no

event arrived of guest

event called of guest

event reached of guest

event moved_out of guest

party outreach

party director

""" + vocabulary + """program shelter "Shelter"
  effective 2026-07-01

""" + body + """
county alameda "Alameda County"
  adopts shelter from 2026-07-01

county butte "Butte County"
  adopts shelter from 2026-07-01
""" + county


QUESTIONS = [
    # ---- a step for ever ----
    ("a warning that nothing ends", library("""escalation late of reader
  step warned
    on overdue
    notify desk "Warned"
  step barred after warned
    on overdue
    notify desk "Barred"
  ends never
"""), (), {"waits": 2}),
    ("a warning that a second book keeps for ever", library("""escalation late of reader
  step warned
    on overdue
    notify desk "Warned"
  step forgiven after warned
    when no overdue within 90 days
    notify desk "Forgiven"
  step warned_again after forgiven
    when no overdue within 1 year
  ends on returned
"""), (), {"waits": 3}),
    ("to and fro, until it is returned", library("""escalation late of reader
  step warned
    on overdue
    notify desk "Warned"
  step told after warned or told_again
    when no returned within 30 days
    notify desk "Told"
  step told_again after told
    when no returned within 30 days
    notify desk "Told again"
  ends on returned
"""), (), {"waits": 0}),
    ("a call that stops the clock, and nothing else", shelter("""escalation looking_for of guest
  step missing
    on moved_out
  step lost after missing
    when no called within 3 days
    notify director "Lost"
  step found after lost
    when no moved_out within 30 days
  ends on reached
"""), (), {"waits": 3}),
    ("a call that ends it", shelter("""escalation looking_for of guest
  step missing
    on moved_out
  step lost after missing
    when no called within 3 days
    notify director "Lost"
  ends on called
"""), (), {"waits": 1}),
    # ---- what one case may owe in a year ----
    ("a dollar a day, for any number of books", library("""rule fee of reader
  on overdue
  assess $1 x days as late_fee
"""), ("--owe-more-than", "$1,000"), {"debt": "can owe more"}),
    ("a dollar a day, but never more than $40 a year", library("""rule fee of reader
  on overdue
  assess $1 x days as late_fee

never assess more than $40 per case per year
"""), ("--owe-more-than", "$40"), {"debt": "proved"}),
    ("just the first three books", library("""rule fee of reader
  on overdue when count of overdue <= 3
  assess $1 x days as late_fee
"""), ("--owe-more-than", "$1,200"), {"debt": "proved"}),
    ("the fourth, too", library("""rule fee of reader
  on overdue when count of overdue <= 4
  assess $1 x days as late_fee
"""), ("--owe-more-than", "$1,200"), {"debt": "can owe more"}),
    ("seven lost books a year are paid when nobody answers", library("""rule lost of reader
  on overdue when days since overdue is unknown or days since overdue >= 60
  require form answered by returned within 30 days
    otherwise assess $60 as lost_book
""").replace("party desk", "party desk\n\nrequirement form"), ("--owe-more-than", "$420"), {"debt": "proved"}),
    ("six times is not what it always comes to", library("""rule lost of reader
  on overdue when days since overdue is unknown or days since overdue >= 60
  require form answered by returned within 30 days
    otherwise assess $60 as lost_book
""").replace("party desk", "party desk\n\nrequirement form"), ("--owe-more-than", "$290"), {"debt": "can owe more"}),
    # ---- a fund ----
    ("a budget that is cut within its year", shelter("""rule fare of guest
  on arrived
  pay $50 to outreach from fares
""", vocabulary='amount yearly is $9,000\n  $6,000 from 2027-01-01\n\n' + 'fund fares "Fares" budget yearly per fiscal year from July 1\n\n'), (), {"fund": "can be overdrawn"}),
    ("a budget that is cut when its year begins", shelter("""rule fare of guest
  on arrived
  pay $50 to outreach from fares
""", vocabulary='amount yearly is $9,000\n  $6,000 from 2027-07-01\n\n' + 'fund fares "Fares" budget yearly per fiscal year from July 1\n\n'), (), {"fund": "proved"}),
    ("only one county cuts it", shelter("""schedule rent of guest
  on arrived
  pay $500 to outreach monthly for 12 months from rents
""", county="  change amount yearly to $4,000 from 2026-12-01\n",
         vocabulary='amount yearly is $9,000\n\n' + 'fund rents "Rents" budget yearly per fiscal year from July 1\n\n'), (), {"fund": "can be overdrawn"}),
    # ---- referrals ----
    ("nobody has to answer", shelter("""rule hello of guest
  on arrived
  refer to outreach
"""), (), {"open": 1}),
    ("nothing follows when nobody does", shelter("""rule hello of guest
  on arrived
  refer to outreach answered by reached within 2 business days
"""), (), {"open": 1}),
    ("the director is told", shelter("""rule hello of guest
  on arrived
  refer to outreach answered by reached within 2 business days
    otherwise notify director "Not reached"
"""), (), {"open": 0}),
    ("the director is asked, and has no day", shelter("""rule hello of guest
  on arrived
  refer to outreach answered by reached within 2 business days
    otherwise refer to director
"""), (), {"open": 1}),
    ("it is only proposed", shelter("""rule hello of guest
  on arrived
  may refer to outreach answered by reached within 2 business days
    otherwise notify director "Not reached"
"""), (), {"open": 1}),
    # ---- locked, in two counties ----
    ("a locked rule with an amount that is not", shelter("""amount fare is $50

locked rule ride of guest
  on arrived
  pay fare to outreach from fares
""", county="  change amount fare to $60\n", vocabulary="fund fares\n\n"), (), {"differ": 1}),
    ("both are locked", shelter("""locked amount fare is $50

locked rule ride of guest
  on arrived
  pay fare to outreach from fares
""", vocabulary="fund fares\n\n"), (), {"differ": 0}),
    ("a locked deadline with a period that is not", shelter("""period patience is 5 days

locked rule hello of guest
  on arrived
  refer to outreach answered by reached within patience
    otherwise notify director "Not reached"
""", county="  change period patience to 9 days from 2027-01-01\n"), (), {"differ": 1}),
    ("a locked rule that looks a table up that is not", shelter("""table worth of guest
  | veteran | -> fare |
  | yes     | $60     |
  | no      | $50     |

locked rule ride of guest
  on arrived
  pay worth.fare to outreach from fares
""", county="""
replace table worth of guest
  | veteran | -> fare |
  | yes     | $60     |
  | no      | $40     |
""", vocabulary="fund fares\n\n"), (), {"differ": 1}),
    ("a locked step that another county reaches later", shelter("""period patience is 5 days

locked escalation looking_for of guest
  step missing
    on moved_out
  step lost after missing
    when no reached within patience
    notify director "Lost"
  ends on reached
""", county="  change period patience to 9 days\n"), (), {"differ": 1}),
]
