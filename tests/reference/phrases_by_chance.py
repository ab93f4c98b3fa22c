# SPDX-License-Identifier: Apache-2.0
"""Actions, amounts and conditions by chance, all of which compile."""
from chance import FACTS, FIXED, FUNDS, PARTIES, WORDS, base


class PhrasesByChance:
    def fund(self, word):
        return f" {word} {self.rnd.choice(FUNDS)}" if self.rnd.maybe(3) else ""

    def whom(self, of, fields):
        return self.rnd.choice([of, of] + [n for n, t in fields.items() if t == "agency"] + [PARTIES[0]])

    VERBS = ("pay", "assess", "assess", "assess", "credit", "credit", "waive", "refer", "require", "notify", "order", "start", "stop",
             "set", "enter", "deny")

    def action(self, of, fields, verbs=VERBS, otherwise=True):
        verb = self.rnd.choice(verbs)
        may = "may " if verb in ("pay", "assess", "credit", "waive", "refer", "require", "order") and \
            otherwise and self.rnd.maybe(3) else ""
        return may + getattr(self, "a_" + verb)(of, fields, otherwise)

    def a_pay(self, of, fields, _):
        return f"pay {self.amount(of, fields)} to {self.whom(of, fields)}{self.fund('from')}"

    def a_assess(self, of, fields, _):
        rnd, line = self.rnd, self.rnd.choice(self.lines)
        amount, fund = self.amount(of, fields), self.fund("into")
        starting = rnd.choice(("", "", " starting same day", " starting first of next month", " starting next day"))
        interval = rnd.choice(("daily", "weekly", "monthly", "every 2 weeks"))
        if rnd.maybe(4):
            odd = rnd.choice(("", " remainder in first", " remainder in last"))
            return f"assess {amount} as {line} in {rnd.randint(1, 7)} {interval} instalments{starting}{odd}{fund}"
        if rnd.maybe(6):
            return f"assess {rnd.randint(2, 6)} x {self.figure('amount')} as {line} {interval}{starting}{fund}"
        due = f" due within {self.period()}" if rnd.maybe() else ""
        return f"assess {amount} as {line}{due}{fund}"

    def a_credit(self, of, fields, _):
        return f"credit {self.amount(of, fields)} against {self.rnd.choice(self.lines)}"

    def a_waive(self, of, fields, _):
        return f"waive {self.rnd.choice(self.lines)}"

    def deadline(self, of, needed, otherwise):
        rnd = self.rnd
        answered = f" answered by {rnd.choice(self.events_of(of))}" if rnd.maybe() else ""
        within = f" within {self.period()}" if needed or rnd.maybe() else ""
        late = ""
        if within and otherwise:
            for _ in range(rnd.choice((0, 1, 1, 2))):
                late += f"\n      otherwise {self.action(of, {}, otherwise=False)}"
        return answered + within + late

    def a_refer(self, of, fields, otherwise):
        return f"refer to {self.rnd.choice(PARTIES)}{self.deadline(of, False, otherwise)}"

    def a_require(self, of, fields, otherwise):
        return f"require {self.rnd.choice(('plan', 'form'))}{self.deadline(of, True, otherwise)}"

    def a_notify(self, of, fields, _):
        return f'notify {self.rnd.choice(PARTIES)} "Note {self.rnd.randrange(100)}"'

    def a_order(self, of, fields, _):
        return f"order {self.rnd.choice(('visit', 'warn'))}"

    def a_start(self, of, fields, otherwise, verb="start"):
        fitting = [name for name, kind in self.schedules if kind == of]
        if not fitting:
            return self.a_notify(of, fields, otherwise)
        return f"{verb} {self.rnd.choice(fitting)}"

    def a_stop(self, of, fields, otherwise):
        return self.a_start(of, fields, otherwise, "stop")

    def a_enter(self, of, fields, otherwise):
        fitting = [step for name in self.stages if self.escalations[name][0] == of for step in self.escalations[name][1]]
        if not fitting or not otherwise:
            return self.a_notify(of, fields, otherwise)
        return f"enter {self.rnd.choice(fitting)}"

    def a_set(self, of, fields, now):
        rnd = self.rnd
        fact, type = rnd.choice([f for f in FACTS[of].items() if base(f[1]) not in ("agency",)])
        if not now:  # deadlines of one instant do not contradict each other
            return f"set {fact} to {FIXED[base(type)]}"
        if type.endswith("?") and rnd.maybe(4):
            return f"set {fact} to unknown"
        return f"set {fact} to {self.literal(type)}"

    def a_deny(self, of, fields, _):
        return f'deny "Reason {self.rnd.randrange(100)}"'

    def literal(self, type):
        rnd, kind = self.rnd, base(type)
        if kind in WORDS:
            return rnd.choice(WORDS[kind])
        return {"yes/no": lambda: rnd.choice(("yes", "no")), "money": lambda: self.figure("amount"),
                "number": lambda: str(rnd.choice((0, 1, 3, 30, 60, 90))), "date": lambda: str(self.day()),
                "years": lambda: str(rnd.choice((0, 17, 18, 21, 65))), "percent": lambda: self.figure("percent"),
                }[kind]()

    # ---- amounts ----

    def amount(self, of, fields, depth=1):
        rnd = self.rnd
        simple = [self.figure("amount"), rnd.choice(self.figures["amount"]), "balance owed"]
        simple += [n for n, t in fields.items() if t == "money"]
        simple += [n for n, t in FACTS[of].items() if t == "money" and n not in fields]
        simple += [f"{name}.sum" for name, kind in self.tables if kind == of]
        if not depth or rnd.maybe():
            return rnd.choice(simple[:2] + simple)
        inner = self.amount(of, fields, depth - 1)
        how = "rounded " + rnd.choice(("up", "down", "half up", "half even")) + " to the cent"
        percent = rnd.choice(self.figures["percent"] + [self.figure("percent")])
        if " " in inner and inner != "balance owed":
            inner = f"({inner})"
        return rnd.choice((f"{percent} of {inner} {how}", f"{inner} / {rnd.randint(2, 7)} {how}",
                           f"lesser of {inner} and {self.figure('amount')}", f"{inner} + {self.figure('amount')}",
                           f"greater of {inner} and {rnd.choice(self.figures['amount'])}",
                           f"{inner} x {rnd.randint(2, 3)}", f"{inner} - {rnd.choice(('$0.01', '$100'))}",
                           f"{rnd.choice(self.figures['number'])} x {inner}",
                           f"{self.figure('amount')} for each {rnd.choice(('$0.07', '$10', '$33.33'))}"
                           f"{rnd.choice((' or part', ''))} of {inner}"))

    # ---- conditions ----

    def condition(self, of, fields, depth):
        """One that compiles: what may be unknown is guarded."""
        rnd = self.rnd
        if depth <= 0 or rnd.maybe(3):
            atom = self.atom(of, fields)
            return f"not ({atom})" if rnd.maybe(8) else atom
        parts = [self.condition(of, fields, depth - 1) for _ in range(rnd.randint(2, 3))]
        word = rnd.choice((" and ", " or "))
        return word.join(f"({part})" if " and " in part or " or " in part else part for part in parts)

    def atom(self, of, fields):
        rnd = self.rnd
        sign = rnd.choice(("<", "<=", ">", ">=", "is", "is not"))
        made = [lambda: f"count of {rnd.choice(self.events_of(of))}{self.window() if rnd.maybe(3) else ''} "
                        f"{sign} {rnd.randint(0, 4)}",
                lambda: self.guard(f"days since {rnd.choice(self.events_of(of))}",
                                   f"{rnd.choice(('<', '<=', '>', '>='))} {rnd.choice((0, 1, 7, 30))}"),
                lambda: f"balance owed {sign} {rnd.choice((self.figure('amount'), '$0'))}",
                lambda: f"today {rnd.choice(('<', '>='))} {self.day()}"]
        made += [lambda: self.about_name(of, fields)] * 5
        if self.docket and of == "person":
            made.append(lambda: f"placed on {self.docket}")
        if self.capacity and of == "person":
            made.append(lambda: f"{rnd.choice(('enrolled in', 'waiting for'))} {self.capacity}")
        tables = [name for name, kind in self.tables if kind == of]
        if tables:
            made.append(lambda: f"{rnd.choice(tables)}.times {sign} {rnd.randint(1, 4)}")
        running = [name for name, kind in self.schedules if kind == of]
        if running:
            made.append(lambda: f"paid under {rnd.choice(running)} {sign} {rnd.choice(('$0', '$100', '$500'))}")
        standing = [(name, steps) for name, (kind, steps) in self.escalations.items() if kind == of]
        if standing:
            name, steps = rnd.choice(standing)
            word = "stage" if name in self.stages else "step"
            made.append(lambda: f"{word} of {name} {rnd.choice(('is', 'is not'))} {rnd.choice(steps + ['none'])}")
        return rnd.choice(made)()

    def about_name(self, of, fields):
        rnd = self.rnd
        facts = {n: t for n, t in FACTS[of].items()}
        facts.update(fields)
        name, type = rnd.choice(list(facts.items()))
        if base(type) == "agency":
            fact, inner = rnd.choice(list(FACTS["agency"].items()))
            test = self.test(f"{name}.{fact}", inner)
            if inner.endswith("?"):
                return test if rnd.maybe(100) else self.guard(f"{name}.{fact}", test[len(f"{name}.{fact} "):]) \
                    if not type.endswith("?") else f"{test} or unknown"
            return self.guarded(name, test) if type.endswith("?") else test
        test = self.test(name, type)
        if type.endswith("?"):
            return self.guarded(name, test)
        return test

    def guard(self, name, rest):
        return self.guarded(name, f"{name} {rest}")

    def guarded(self, name, test):
        plain = not test.startswith("not ") and " " in test
        return self.rnd.choice((f"{name} is known and {test}", f"{name} is unknown or {test}",
                                f"{test} or unknown" if plain else f"{name} is known",
                                f"{name} is unknown"))

    def test(self, name, type):
        rnd, kind = self.rnd, base(type)
        if kind == "yes/no":
            return rnd.choice((name, f"not {name}", f"{name} is {rnd.choice(('yes', 'no'))}"))
        if kind in WORDS:
            word, other = rnd.sample(WORDS[kind], 2)
            return rnd.choice((f"{name} is {word}", f"{name} is not {word}", f"{name} is one of {word}, {other}",
                               f"{name} is not one of {word}, {other}"))
        sign = rnd.choice(("<", "<=", ">", ">=", "is", "is not"))
        value = self.literal(type)
        if kind == "number" and rnd.maybe(3):
            value = rnd.choice(self.figures["number"])
        if kind == "date" and rnd.maybe():
            value = "today"
        return f"{name} {sign} {value}"
