#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The language server from outside: an editor's session over pipes, and random edits.

    test_lsp.py [PART OF A NAME]

Runs build/waymark, or what WAYMARK names. FUZZ_EDITS says how many random edits, SEED which ones.
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from client import WAYMARK, Document, Server, uri_of

HERE = os.path.dirname(os.path.abspath(__file__))
POLICIES = os.path.join(HERE, "..", "..", "policies")
LANGUAGE = os.path.join(HERE, "..", "golden", "language")
sys.path.insert(0, os.path.join(HERE, "..", "..", "grammar", "editors"))
import generate  # noqa: E402

TODAY = "2026-11-25"

VOCABULARY = """timezone "America/Los_Angeles"

case survivor "A person who takes part 🌱"
  age     : years from 0 to 120 optional
  custody : one of none, juvenile, adult default none
  housed  : yes/no default no

case agency "Träger"
  vetted : yes/no default no

event intake of survivor
  sets age, custody

event session_attended of survivor "A survivor attended a session"
  provider : agency
  minutes  : number from 0 to 1440

party office "The county's program office"
requirement care_plan "A care plan"
fund incentives "Incentives"
action dispatch "Send an advocate"
"""

PROGRAM = """program pathway "Wege 🚪 hinaus"
  effective 2026-07-01

amount stipend_amount "What a session is worth" is $100
  cite "Survivors are offered $100 per session"
  $110 from 2027-07-01

number full_session is 60
  placeholder "A full *hour* is meant"

period answer_time is 30 days

stipend counselling "Beratung für Überlebende"
  cite "🙂 offered $100" on session_attended when minutes >= full_session and provider.vetted
  pay stipend_amount to survivor from incentives
  at most 1 per day

escalation attendance of survivor "Missed"
  step first_call
    on intake when custody is none
    notify office "Call"
  step visit after first_call
    when no session_attended within 60 days
    order dispatch
  ends never

rule asks
  on intake
  assess $5 as card
  require care_plan answered by session_attended within answer_time
"""

COUNTY = """county alameda "Alameda County"
  adopts pathway from 2026-07-01

change amount stipend_amount to $120 from 2026-09-01
  cite "Resolution 7"

drop rule asks from 2027-01-01

scenario "A session is paid" in alameda
  given survivor ada with age 22
  given agency haven with vetted yes
  2026-07-06 session_attended of ada with provider haven, minutes 60
    expect pay $100 to ada from incentives
  2026-07-07 intake of ada with custody none
    expect among others
    expect custody is none
    expect attendance at first_call
"""


class Session(unittest.TestCase):
    encodings = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="waymark-lsp-")
        self.root = os.path.join(self.folder, "Regeln für 🚪")  # needs escapes in a URI
        self.write("vocabulary.way", VOCABULARY)
        self.write("programs/pathway.way", PROGRAM)
        self.write("counties/alameda.way", COUNTY)
        self.server = Server("--today", TODAY).start(self.folder, self.encodings)

    def tearDown(self):
        server = self.server
        if server.process.poll() is None:
            try:
                self.assertEqual(server.stop(), 0)
            finally:
                server.process.kill()
                server.process.wait()
        server.process.stdout.close()
        self.assertEqual(server.error_text(), "")
        server.errors.close()
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as f:
            f.write(text)

    def open(self, name, text=None):
        return Document(self.server, self.path(name), text, utf8=self.encodings is not None)

    def program(self):
        return self.open("programs/pathway.way")

    def labels(self, doc, mark, insert):
        """What is offered at `|` of the text that is put in behind `mark`."""
        i = doc.text.index(mark) + len(mark)
        before = doc.text
        doc.change(i, i, insert.replace("|", ""))
        items = doc.server.request("textDocument/completion", textDocument={"uri": doc.uri},
                                   position=doc.position(i + insert.index("|")))
        self.items = items
        doc.set(before)
        return [item["label"] for item in items]


class Diagnostics(Session):
    def test_they_appear_and_vanish_with_edits(self):
        doc = self.program()
        self.assertEqual(doc.diagnostics(), [])
        doc.replace("minutes >=", "minuts >=")
        (d,) = doc.diagnostics()
        self.assertEqual((d["code"], d["severity"], d["source"]), ("W0201", 1, "waymark"))
        self.assertEqual(doc.marked(d["range"]), "minuts")
        self.assertIn("help: did you mean `minutes`?", d["message"])
        doc.replace("minuts >=", "minutes >=")
        self.assertEqual(doc.diagnostics(), [])

    def test_an_edit_in_one_file_is_felt_in_another(self):
        words = self.open("vocabulary.way")
        program = uri_of(self.path("programs/pathway.way"))
        words.replace("  vetted :", "  approved :")
        words.diagnostics()
        self.assertEqual([d["code"] for d in self.server.diagnostics[program]], ["W0201"])
        words.replace("  approved :", "  vetted :")
        words.diagnostics()
        self.assertEqual(self.server.diagnostics[program], [])

    def test_closing_without_saving_takes_the_edit_back(self):
        doc = self.program()
        doc.replace("minutes >=", "minuts >=")
        self.assertEqual(len(doc.diagnostics()), 1)
        doc.close()
        self.assertEqual(doc.diagnostics(), [])

    def test_a_second_place_is_told(self):
        doc = self.program()
        doc.set(doc.text + "\nnumber full_session is 50\n")
        (d,) = doc.diagnostics()
        (also,) = d["relatedInformation"]
        self.assertEqual(also["message"], "first defined here")
        self.assertEqual(also["location"]["uri"], doc.uri)
        self.assertEqual(doc.marked(also["location"]["range"]), "full_session")

    def test_a_file_that_is_gone_is_cleared(self):
        self.write("programs/other.way", "program other\n  effectiv 2026-07-01\n")
        doc = self.program()
        doc.diagnostics()
        gone = uri_of(self.path("programs/other.way"))
        self.assertEqual(len(self.server.diagnostics[gone]), 1)
        os.unlink(self.path("programs/other.way"))
        self.server.notify("workspace/didChangeWatchedFiles", changes=[])
        doc.diagnostics()
        self.assertEqual(self.server.diagnostics[gone], [])

    def test_a_new_file_belongs_to_the_rulebook(self):
        doc = self.open("programs/new.way", "program new\n  effective 2026-07-01\n\n"
                        "rule r\n  on intake\n  notify nobody \"x\"\n")
        (d,) = doc.diagnostics()
        self.assertEqual(doc.marked(d["range"]), "nobody")

    def test_a_file_without_a_vocabulary_stands_alone(self):
        alone = os.path.join(self.folder, "elsewhere", "alone.way")
        doc = Document(self.server, alone, 'timezone "America/Los_Angeles"\ncase a\n')
        self.assertEqual([d["severity"] for d in doc.diagnostics()], [])

    def test_an_untitled_buffer_is_checked(self):
        doc = Document(self.server, alone := os.path.join(self.folder, "x"), "")
        doc.close()
        self.server.notify("textDocument/didOpen", textDocument={
            "uri": "untitled:Untitled-1", "languageId": "waymark", "version": 1,
            "text": "case a\n  b : nonsense optional\n"})
        self.server.settle()
        self.assertEqual(len(self.server.diagnostics["untitled:Untitled-1"]), 2)
        self.assertNotIn(uri_of(alone) + "/untitled", self.server.diagnostics)

    def test_an_utf8_mark_at_the_beginning_moves_nothing(self):
        doc = self.open("programs/pathway.way", "\ufeff" + PROGRAM.replace("minutes >=", "minuts >="))
        (d,) = doc.diagnostics()
        self.assertEqual(doc.marked(d["range"]), "minuts")

    def test_did_you_mean_is_one_click(self):
        doc = self.program()
        doc.replace("minutes >=", "minuts >=")
        (d,) = doc.diagnostics()
        (action,) = doc.ask("codeAction", range=d["range"], context={"diagnostics": [d]})
        self.assertEqual(action["title"], "Write `minutes`")
        self.assertEqual(action["diagnostics"], [d])
        doc.set(doc.apply(action["edit"]["changes"][doc.uri]))
        self.assertEqual(doc.text, PROGRAM)
        self.assertEqual(doc.diagnostics(), [])
        self.assertEqual(doc.ask("codeAction", range=d["range"], context={"diagnostics": []}), [])


class Navigation(Session):
    def test_definition_across_files(self):
        doc, words = self.program(), self.open("vocabulary.way")
        for mark, text in [("on session_att|ended when minutes", "session_attended"),
                           ("provider.vet|ted", "vetted"), ("|minutes >=", "minutes"),
                           ("custody is no|ne", "none"), ("notify off|ice", "office"),
                           ("order dispatch|", "dispatch"), ("from incen|tives", "incentives"),
                           ("require care|_plan", "care_plan"),
                           ("to surviv|or", "survivor")]:
            at = doc.ask_at("definition", mark)
            self.assertEqual(at["uri"], words.uri, mark)
            self.assertEqual(words.marked(at["range"]), text, mark)

    def test_definition_inside_of_a_file(self):
        doc = self.program()
        for mark, line in [(">= full|_session", "number full_session is 60"),
                           ("pay stipend_amou|nt", 'amount stipend_amount "What'),
                           ("after first_|call", "step first_call")]:
            at = doc.ask_at("definition", mark)
            self.assertEqual(at["uri"], doc.uri)
            i = doc.index(at["range"]["start"])
            self.assertTrue(doc.text[doc.text.rfind("\n", 0, i) + 1:].strip().startswith(line))

    def test_from_a_county_to_the_program(self):
        doc, program = self.open("counties/alameda.way"), self.program()
        for mark, text in [("adopts path|way", "pathway"), ("amount stipend|_amount to", "stipend_amount"),
                           ("drop rule as|ks", "asks"), ("expect attend|ance", "attendance"),
                           ("at first|_call", "first_call")]:
            at = doc.ask_at("definition", mark)
            self.assertEqual(at["uri"], program.uri, mark)
            self.assertEqual(program.marked(at["range"]), text)
        at = doc.ask_at("definition", "session_attended of ad|a")
        self.assertEqual((at["uri"], doc.index(at["range"]["start"])),
                         (doc.uri, doc.text.index("ada with")))

    def test_a_field_that_is_set_is_the_fact(self):
        doc, words = self.open("counties/alameda.way"), self.open("vocabulary.way")
        at = doc.ask_at("definition", "of ada with cust|ody none")
        self.assertEqual(words.index(at["range"]["start"]), words.text.index("custody :"))

    def test_references_of_a_parameter(self):
        doc = self.program()
        found = doc.ask_at("references", "pay |stipend_amount", context={"includeDeclaration": True})
        self.assertEqual(sorted(os.path.basename(r["uri"]) for r in found),
                         ["alameda.way", "pathway.way", "pathway.way"])
        found = doc.ask_at("references", "pay |stipend_amount", context={"includeDeclaration": False})
        self.assertEqual(len(found), 2)
        self.assertEqual(len(doc.ask_at("documentHighlight", "pay |stipend_amount")), 2)

    def test_nothing_is_named_by_a_keyword(self):
        doc = self.program()
        self.assertIsNone(doc.ask_at("definition", "eff|ective"))
        self.assertIsNone(doc.ask_at("hover", "eff|ective"))
        self.assertIsNone(doc.ask_at("references", "eff|ective", context={}))

    def test_it_works_while_something_else_is_broken(self):
        doc = self.program()
        doc.replace("  require care_plan", "  require")
        self.assertEqual(len(doc.diagnostics()), 1)
        at = doc.ask_at("definition", "pay stipend_amou|nt")
        self.assertEqual(doc.marked(at["range"]), "stipend_amount")


class Hover(Session):
    def text(self, doc, mark):
        hover = doc.ask_at("hover", mark)
        self.assertEqual(hover["contents"]["kind"], "markdown")
        return hover["contents"]["value"]

    def test_a_parameter_with_its_values_and_counties(self):
        text = self.text(self.program(), "pay stipend_|amount")
        self.assertTrue(text.startswith("**amount** `stipend_amount` of `pathway`"), text)
        for piece in ["What a session is worth", "**`$100`** today, 2026-11-25",
                      "- `$100`\n- `$110` from 2027-07-01",
                      "> Survivors are offered $100 per session",
                      "Alameda County: \n- `$120` from 2026-09-01",
                      "**`$120`** today", "> Resolution 7", "programs/pathway.way:4"]:
            self.assertIn(piece, text)

    def test_a_figure_that_no_document_gives(self):
        self.assertIn("**`60`** today, 2026-11-25; placeholder, no document gives it: "
                      "A full \\*hour\\* is meant", self.text(self.program(), ">= full_|session"))

    def test_an_event_with_its_fields(self):
        text = self.text(self.program(), "on session_|attended when minutes")
        for piece in ["**event** `session_attended`", "A survivor attended a session",
                      "`provider : agency`", "`minutes  : number from 0 to 1440`",
                      "vocabulary.way:"]:
            self.assertIn(piece, text)

    def test_facts_steps_blocks_programs(self):
        doc, county = self.program(), self.open("counties/alameda.way")
        self.assertIn("age     : years from 0 to 120 optional", self.text(county, "given survivor ada with a|ge"))
        self.assertIn("**step** `first_call` of `attendance`", self.text(doc, "after first_c|all"))
        self.assertIn("**rule** `asks` of `pathway`", self.text(county, "drop rule as|ks"))
        self.assertIn("Wege 🚪 hinaus", self.text(county, "adopts path|way"))
        self.assertIn("**party** `office`", self.text(doc, "notify off|ice"))
        self.assertIn("**fund** `incentives`", self.text(doc, "from incen|tives"))


class Completion(Session):
    HEAD = 'stipend counselling "Beratung für Überlebende"'

    def offered(self, insert, mark=HEAD):
        return self.labels(self.doc, mark, insert)

    def setUp(self):
        super().setUp()
        self.doc = self.program()

    def test_events_after_on(self):
        found = self.offered("\n  on |")
        self.assertEqual(found[:2], ["intake", "session_attended"])
        self.assertIn("second", found)
        self.assertNotIn("pay", found)
        self.assertEqual(self.offered("\n  on int|")[:1], ["intake"])

    def test_amounts_and_payees(self):
        self.assertIn("stipend_amount", self.offered("\n  pay |"))
        self.assertIn("lesser of", self.offered("\n  pay |"))
        found = self.offered("\n  pay $100 to |")
        for name in ["survivor", "office"]:
            self.assertIn(name, found)
        self.assertNotIn("stipend_amount", found)
        self.assertEqual(self.offered("\n  pay $100 to survivor from |"), ["incentives"])

    def test_an_amount_is_of_money(self):
        found = self.offered("\n  pay |")
        self.assertNotIn("answer_time", found)
        self.assertNotIn("custody", found)
        self.assertIn("provider", found)  # for provider.FACT
        self.assertIn("answer_time", self.offered("\n  on session_attended when |"))

    def test_units(self):
        self.assertEqual(self.offered("\n  at most 1 per |"), ["day", "week", "month", "year", "case"])
        asks = "rule asks\n  on intake"
        for insert in ["\n  require care_plan within 14 |", "\n  require care_plan within 14 da|"]:
            self.assertEqual(self.offered(insert, asks)[:3], ["days", "business days", "weeks"])
        self.assertIn("months", self.offered("\n  on session_attended when age > 2 |"))
        self.assertNotIn("months", self.offered("\n  assess $9 as card in 12 |"))

    def test_conditions(self):
        found = self.offered("\n  on session_attended when |")
        for name in ["minutes", "provider", "age", "custody", "full_session", "count of", "not"]:
            self.assertIn(name, found)
        self.assertEqual(self.offered("\n  on session_attended when provider.|"), ["vetted"])
        self.assertEqual(self.offered("\n  on session_attended when custody is |")[:3],
                         ["none", "juvenile", "adult"])
        self.assertEqual(self.offered("\n  on session_attended when custody is one of none, |")[:3],
                         ["none", "juvenile", "adult"])
        self.assertIn("is", self.offered("\n  on session_attended when custody |"))
        self.assertIn("yes", self.offered("\n  on session_attended when housed is |"))
        self.assertIn("age", self.offered("\n  on session_attended when (minutes >= 5 and |"))
        self.assertEqual(self.offered("\n  on session_attended when step of |"), ["attendance"])
        self.assertEqual(self.offered("\n  on session_attended when step of attendance is |")[:2],
                         ["first_call", "visit"])

    def test_clauses_of_a_block(self):
        found = self.offered("\n  |")
        for word in ["on", "pay", "at most", "cite", "notify"]:
            self.assertIn(word, found)
        self.assertEqual(self.offered("\n  at mo|"), ["at most"])
        (item,) = self.items
        self.assertEqual(item["textEdit"]["newText"], "at most")
        start, end = item["textEdit"]["range"]["start"], item["textEdit"]["range"]["end"]
        self.assertEqual(end["character"] - start["character"], len("at mo"))

    def test_the_word_under_the_cursor_is_replaced(self):
        self.offered("\n  on session_attended when min|")
        item = next(i for i in self.items if i["label"] == "minutes")
        edit = item["textEdit"]["range"]
        self.assertEqual(edit["end"]["character"] - edit["start"]["character"], 3)
        self.assertEqual(item["detail"], "field: number from 0 to 1440")

    def test_actions(self):
        self.assertEqual(self.offered("\n  require |"), ["care_plan"])
        self.assertEqual(self.offered("\n  order |"), ["dispatch"])
        self.assertEqual(self.offered("\n  notify |"), ["office", "survivor", "provider"])
        self.assertEqual(self.offered("\n  waive |"), ["card"])
        for name in ["age", "custody", "housed"]:
            self.assertIn(name, self.offered("\n  set |", "rule asks\n  on intake"))
        self.assertEqual(self.offered("\n  set custody to |", "rule asks\n  on intake")[:3],
                         ["none", "juvenile", "adult"])

    def test_counties(self):
        self.doc = self.open("counties/alameda.way")
        head = "adopts pathway from 2026-07-01"
        self.assertEqual(self.offered("\n  adopts |", head), ["pathway"])
        self.assertEqual(self.offered("\nchange amount |", head)[:2], ["stipend_amount", "full_session"])
        found = self.offered("\ndrop |", head)
        self.assertIn("rule", found)
        self.assertNotIn("amount", found)
        self.assertIn("asks", self.offered("\ndrop rule |", head))

    def test_scenarios(self):
        self.doc = self.open("counties/alameda.way")
        end = "given agency haven with vetted yes"
        self.assertEqual(self.offered("\n  given |", end)[:2], ["survivor", "agency"])
        self.assertEqual(self.offered("\n  given survivor bea with |", end), ["age", "custody", "housed"])
        self.assertEqual(self.offered("\n  2026-07-01 |", end)[:2], ["intake", "session_attended"])
        self.assertEqual(self.offered("\n  2026-07-01 session_attended of |", end), ["ada", "haven"])
        self.assertEqual(self.offered("\n  2026-07-01 session_attended of ada with |", end),
                         ["provider", "minutes"])
        found = self.offered("\n    expect |", "minutes 60")
        for word in ["nothing", "pay", "refused", "among others", "custody"]:
            self.assertIn(word, found)
        self.assertIn("ada", self.offered("\n    expect pay $100 to |", "minutes 60"))

    def test_vocabulary(self):
        self.doc = self.open("vocabulary.way")
        found = self.offered("\n  extra : |", "case agency \"Träger\"")
        for word in ["money", "survivor", "agency", "one of"]:
            self.assertIn(word, found)
        self.assertEqual(self.offered("\nevent more of |", "housed  : yes/no default no"),
                         ["survivor", "agency"])

    def test_nothing_in_texts_and_comments(self):
        self.assertEqual(self.offered("\n  # on |"), [])
        self.assertEqual(self.offered("\n  cite \"on |\""), [])

    def test_nothing_for_a_new_name(self):
        self.assertEqual(self.offered("\nrule |", "at most 1 per day"), [])


class Layout(Session):
    MESSY = ("program pathway \"Wege 🚪 hinaus\"\r\n   effective   2026-07-01\r\n\r\n"
             "amount a is $1000 # viel\nnumber n is 60\nstipend s\n on session_attended\n"
             "   when minutes>=n\n\tpay a to survivor\n")

    def test_formatting_equals_fmt(self):
        texts = [self.MESSY, PROGRAM, PROGRAM.replace("\n\n", "\n"), PROGRAM.replace("  ", "   "),
                 "\n\n" + PROGRAM, PROGRAM + "\n\n\n", PROGRAM.rstrip(), ""]
        doc = self.open("programs/pathway.way", "")
        for i, text in enumerate(texts):
            doc.set(text)
            doc.text = text
            edits = doc.ask("formatting", options={"tabSize": 2, "insertSpaces": True})
            copy = os.path.join(self.folder, f"copy{i}.way")
            with open(copy, "w", encoding="utf-8", newline="") as f:
                f.write(text)
            done = subprocess.run([WAYMARK, "fmt", copy], capture_output=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(copy, encoding="utf-8", newline="") as f:
                self.assertEqual(self.applied(doc, edits), f.read())

    def applied(self, doc, edits):
        if "\r" not in doc.text:
            return doc.apply(edits)
        (edit,) = edits  # lines end in two ways: count them as the protocol does
        starts = [0] + [i + 1 for i, c in enumerate(doc.text) if c == "\n"]
        place = [starts[p["line"]] + p["character"] for p in
                 (edit["range"]["start"], edit["range"]["end"])]
        return doc.text[:place[0]] + edit["newText"] + doc.text[place[1]:]

    def test_only_what_differs_is_replaced(self):
        doc = self.program()
        doc.set(doc.apply(doc.ask("formatting", options={})))
        self.assertEqual(doc.ask("formatting", options={}), [])
        doc.replace("  at most 1 per day", "      at   most 1 per day")
        (edit,) = doc.ask("formatting", options={})
        self.assertEqual(edit["newText"], "  at most 1 per day\n")

    def test_a_broken_file_is_left_alone(self):
        doc = self.program()
        doc.replace("  at most 1 per day", "  at most 1 pro day")
        self.assertIsNone(doc.ask("formatting", options={}))


class Outline(Session):
    def names(self, symbols):
        return [(s["name"], self.names(s["children"])) for s in symbols]

    def check(self, doc, symbols, start, end):
        for s in symbols:
            a, b = doc.index(s["range"]["start"]), doc.index(s["range"]["end"])
            c, d = (doc.index(s["selectionRange"][k]) for k in ("start", "end"))
            self.assertTrue(start <= a <= c <= d <= b <= end, s)
            self.check(doc, s["children"], a, b)

    def test_a_program(self):
        doc = self.program()
        symbols = doc.ask("documentSymbol")
        self.assertEqual(self.names(symbols), [("program pathway", [
            ("amount stipend_amount", []), ("number full_session", []), ("period answer_time", []),
            ("stipend counselling", []),
            ("escalation attendance", [("step first_call", []), ("step visit", [])]),
            ("rule asks", [])])])
        self.check(doc, symbols, 0, len(doc.text))

    def test_a_county_and_its_scenarios(self):
        doc = self.open("counties/alameda.way")
        symbols = doc.ask("documentSymbol")
        self.assertEqual(self.names(symbols), [("county alameda", [
            ("change amount stipend_amount", []), ("drop rule asks", []),
            ("A session is paid", [])])])
        self.check(doc, symbols, 0, len(doc.text))

    def test_the_vocabulary(self):
        doc = self.open("vocabulary.way")
        symbols = doc.ask("documentSymbol")
        self.assertEqual(self.names(symbols)[1],
                         ("case survivor", [("age", []), ("custody", []), ("housed", [])]))
        self.check(doc, symbols, 0, len(doc.text))


class Utf16(Session):
    """Places behind characters of two, three and four bytes, in the units that were agreed on."""
    name = "utf-16"

    def test_positions_behind_emoji_and_umlauts(self):
        self.assertEqual(self.server.capabilities["positionEncoding"], self.name)
        doc = self.program()
        at = doc.ask_at("hover", "on session_att|ended when minutes")
        self.assertEqual(doc.marked(at["range"]), "session_attended")
        doc.replace("when minutes >= full_session and", "when minuts >= full_session and")
        (d,) = doc.diagnostics()
        self.assertEqual(doc.marked(d["range"]), "minuts")
        doc.replace("🙂 offered", "🙂🙂 ä offered")
        (d,) = doc.diagnostics()
        self.assertEqual(doc.marked(d["range"]), "minuts")
        doc.replace("minuts >= full_session", "minutes >= full_session")
        self.assertEqual(doc.diagnostics(), [])
        self.assertIn("minutes", self.labels(doc, "when minutes >= full_session", " and |"))


class Utf8(Utf16):
    encodings = ["utf-8", "utf-16"]
    name = "utf-8"


class Everything(unittest.TestCase):
    """Every name of every example and policy leads to its declaration. When it does not, whatever
    looks that name up does not say name_used (grammar/resolve.h)."""
    # Declared nowhere: the events of every rulebook with their fields, no step at all, the words of
    # a table's cells, the word behind the seats of a docket, and the partner of a share.
    BUILT_IN = {"approved", "declined", "payment_received", "retracted", "corrected", "outcome",
                "by", "reason", "amount", "none", "any", "over", "cases", "place_found",
                "partner"}
    maxDiff = None
    UNITS = {w for u in generate.UNITS for w in u.split()}
    TYPES = {"money", "number", "percent", "date", "text", "years", "months", "days", "minutes"}

    def rulebooks(self, folder):
        """(folder, its files)"""
        shutil.copytree(POLICIES, os.path.join(folder, "policies"))
        for name in sorted(os.listdir(LANGUAGE)):
            if not name.endswith(".way"):
                continue
            at = os.path.join(folder, name[:-len(".way")])
            os.mkdir(at)
            shutil.copy(os.path.join(LANGUAGE, name), at)
            with open(os.path.join(at, name), encoding="utf-8") as f:
                if not re.search("^timezone", f.read(), re.M):
                    shutil.copy(os.path.join(LANGUAGE, "vocabulary.way"), at)
        for at in sorted(os.listdir(folder)):
            at = os.path.join(folder, at)
            yield at, [os.path.join(d, f) for d, _, names in os.walk(at) for f in sorted(names)]

    def test_every_name_leads_to_its_declaration(self):
        known = self.BUILT_IN | self.UNITS | self.TYPES
        known |= {w for text, _ in generate.read_keywords() for w in text.split()}
        lost = []
        with tempfile.TemporaryDirectory() as folder:
            for at, files in self.rulebooks(folder):
                server = Server(at).start(at)
                for doc in [Document(server, f) for f in files]:
                    lost += [f"{os.path.basename(doc.path)}: {line}" for line in self.lost(doc, known)]
                self.assertEqual(server.stop(), 0)
                server.process.stdout.close()
                server.errors.close()
        self.assertEqual("\n".join(lost), "")

    def lost(self, doc, known):
        gone = set(re.findall("move (?:step|stage) ([a-z_]+)", doc.text))
        text = re.sub(r'"[^"\n]*"|#[^\n]*', lambda m: " " * len(m.group()), doc.text)
        for m in re.finditer(r"(?<![\w$.])[a-z_][a-z0-9_]*", text):
            if m.group() in known or m.group() in gone:
                continue
            if not doc.server.request("textDocument/definition", textDocument={"uri": doc.uri},
                                      position=doc.position(m.start())):
                start = text.rfind("\n", 0, m.start()) + 1
                yield f"`{m.group()}` in `{text[start:text.find(chr(10), start)].strip()}`"


class Protocol(unittest.TestCase):
    def setUp(self):
        self.server = Server()

    def tearDown(self):
        self.server.process.kill()
        self.server.process.wait()
        for f in (self.server.process.stdout, self.server.process.stdin, self.server.errors):
            f.close()

    def code(self, answer):
        return answer["error"]["code"]

    def raw(self, data):
        self.server.send_bytes(data)
        return self.server.receive()

    def test_initialize_comes_first(self):
        self.assertEqual(self.code(self.server.ask("textDocument/hover")), -32002)
        self.assertEqual(self.code(self.server.ask("shutdown")), -32002)
        self.server.start()
        self.assertEqual(self.code(self.server.ask("initialize")), -32600)
        self.assertEqual(self.server.stop(), 0)

    def test_unknown_methods(self):
        self.server.start()
        self.assertEqual(self.code(self.server.ask("waymark/nothing")), -32601)
        self.server.notify("waymark/nothing")
        self.server.notify("$/something")
        self.assertEqual(self.code(self.server.ask("textDocument/didOpen")), -32601)
        self.assertEqual(self.server.stop(), 0)

    def test_nothing_is_done_after_shutdown(self):
        self.server.start()
        self.assertIsNone(self.server.request("shutdown"))
        self.assertEqual(self.code(self.server.ask("textDocument/hover")), -32600)
        self.server.notify("exit")
        self.assertEqual(self.server.end(), 0)

    def test_exit_without_shutdown_is_told_by_the_status(self):
        self.server.start()
        self.server.notify("exit")
        self.assertEqual(self.server.end(), 1)

    def test_the_end_of_the_input_is_told_by_the_status(self):
        self.server.start()
        self.assertEqual(self.server.end(), 1)

    def test_strange_parameters_are_no_places(self):
        self.server.start()
        doc = {"uri": "file:///nowhere/x.way"}
        for params in [{}, {"textDocument": 5}, {"textDocument": doc},
                       {"textDocument": doc, "position": {"line": -1, "character": 0}},
                       {"textDocument": doc, "position": {"line": "a", "character": 2.5}},
                       {"textDocument": {"uri": "file:///%zz"}, "position": {}},
                       {"textDocument": {"uri": "http://x"}, "range": {"start": 1}}]:
            for method in ["hover", "definition", "references", "documentHighlight", "completion",
                           "documentSymbol", "formatting", "codeAction"]:
                self.assertIsNone(self.server.request("textDocument/" + method, **params))
            for method in ["didOpen", "didChange", "didClose", "didSave"]:
                self.server.notify("textDocument/" + method, **params)
        self.assertEqual(self.server.stop(), 0)

    def test_places_far_outside_are_the_end(self):
        self.server.start()
        path = os.path.join(tempfile.gettempdir(), "waymark-no-such-folder", "a.way")
        doc = Document(self.server, path, "case a\n  b : text optional\n")
        for line, character in [(0, 10**6), (10**9, 0), (2**40, 2**40), (1, 3)]:
            self.server.request("textDocument/completion", textDocument={"uri": doc.uri},
                                position={"line": line, "character": character})
        self.server.notify("textDocument/didChange", textDocument={"uri": doc.uri, "version": 9},
                           contentChanges=[{"range": {"start": {"line": 99, "character": 9},
                                                      "end": {"line": 0, "character": 0}},
                                            "text": "case c\n  "}])
        symbols = self.server.request("textDocument/documentSymbol", textDocument={"uri": doc.uri})
        self.assertEqual([s["name"] for s in symbols], ["case c"])
        self.assertEqual(self.server.stop(), 0)

    def test_json_that_is_none(self):
        self.server.start()
        for body in [b"{", b"", b"nonsense", b'{"id":1,"id":2}', b"\xff\xfe", b"[" * 500]:
            answer = self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self.assertEqual((answer["id"], self.code(answer)), (None, -32700), body)
        for body in [b"[]", b"5", b'{"id":{}, "method":"x"}', b"{}", b'{"id":1,"method":3}']:
            answer = self.raw(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self.assertEqual((answer["id"], self.code(answer)), (None, -32600), body)
        self.assertEqual(self.server.stop(), 0)

    def test_headers_that_are_none(self):
        for head in [b"nonsense\r\n\r\n", b"Content-Length: x\r\n\r\n", b"Content-Length: 2\n\n{}",
                     b"\r\n\r\n", b": 5\r\n\r\n", b"Content-Length: -1\r\n\r\n",
                     b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                     b"Content-Length:\r\n\r\n", b"x" * 5000, b"A: b\r\n" * 1000]:
            server = Server().start()
            server.send_bytes(head)
            answer = server.receive()
            self.assertEqual((answer["id"], self.code(answer)), (None, -32700), head[:40])
            self.assertEqual(server.end(), 1)
            server.process.stdout.close()
            server.errors.close()

    def test_a_message_that_is_too_long(self):
        self.server.start()
        for length in [b"33554433", b"999999999999999999999999"]:
            server = Server().start()
            server.send_bytes(b"Content-Length: " + length + b"\r\n\r\n")
            self.assertEqual(self.code(server.receive()), -32600)
            self.assertEqual(server.end(), 1)
            server.process.stdout.close()
            server.errors.close()
        self.server.send_bytes(b"Content-Length: 33554432\r\n\r\n" + b" " * 33554430 + b"{}")
        self.assertEqual(self.code(self.server.receive()), -32600)  # the longest one is read
        self.assertEqual(self.server.stop(), 0)

    def test_other_fields_and_pieces_of_messages(self):
        body = json.dumps({"jsonrpc": "2.0", "id": "a", "method": "initialize", "params": {}})
        data = ("content-length:  %d \r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n%s"
                % (len(body), body)).encode()
        for byte in data:
            self.server.send_bytes(bytes([byte]))
        answer = self.server.receive()
        self.assertEqual(answer["id"], "a")
        self.assertEqual(answer["result"]["serverInfo"]["name"], "waymark")

    def test_the_rulebook_of_the_command_line(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "a/b"))
            with open(os.path.join(folder, "a/b/x.way"), "w", encoding="utf-8") as f:
                f.write("case a\n  b : nonsense optional\n")
            server = Server(folder).start()
            server.settle()
            self.assertEqual(list(server.diagnostics), [uri_of(os.path.join(folder, "a/b/x.way"))])
            self.assertEqual(server.stop(), 0)
            server.process.stdout.close()
            server.errors.close()


class Fuzz(unittest.TestCase):
    """Whatever is typed, every request is answered, and the text stays the one that was typed."""
    WORDS = ["on ", "when ", "pay ", "is ", "and ", "(", ")", "$", "100", "\n", "  ", "\"", "#",
             "🙂", "ä", "one of ", "count of ", "rule x\n", "step ", "as ", "with ", "expect ",
             "2026-07-06 ", "to ", "none", ", ", ".", ":", "\r\n", "\t", "case ", "given ", "\ufeff"]
    METHODS = ["hover", "definition", "references", "documentHighlight", "completion"]

    def edit(self, rng, doc):
        n = len(doc.text)
        start = rng.randrange(n + 1)
        end = min(n, start + rng.choice([0, 0, 0, 1, 3, 20, 200]))
        if rng.random() < 0.5:
            piece = rng.choice(self.WORDS)
        else:
            i = rng.randrange(n + 1)
            piece = doc.text[i:i + rng.choice([0, 1, 8, 60])]
        doc.change(*doc_safe(doc.text, start, end), piece)

    def test_random_edits(self):
        seed = int(os.environ.get("SEED", "20261125"))
        edits = int(os.environ.get("FUZZ_EDITS", "400"))
        print(f"random edits: SEED={seed} FUZZ_EDITS={edits}")
        rng = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder:
            root = os.path.join(folder, "policies")
            shutil.copytree(POLICIES, root)
            server = Server("--today", TODAY).start(folder)
            files = [os.path.join(d, f) for d, _, names in sorted(os.walk(root))
                     for f in sorted(names)]
            doc = None
            for i in range(edits):
                if i % 40 == 0:
                    if doc:
                        doc.close()
                    doc = Document(server, rng.choice(files))
                    doc.set(doc.text.replace("\r\n", "\n"))
                self.edit(rng, doc)
                at = doc.position(rng.randrange(len(doc.text) + 1))
                server.request("textDocument/" + rng.choice(self.METHODS),
                               textDocument={"uri": doc.uri}, position=at)
                if i % 7 == 0:
                    doc.ask("documentSymbol")
                    doc.ask("formatting", options={})
                if i % 13 == 0:
                    span = {"start": at, "end": doc.position(len(doc.text))}
                    doc.ask("codeAction", range=span, context={"diagnostics": []})
            self.assertEqual(server.stop(), 0, server.error_text())
            server.process.stdout.close()
            server.errors.close()


def doc_safe(text, start, end):
    """An edit does not part \\r from \\n, which no editor does either."""
    if 0 < start < len(text) and text[start - 1] == "\r":
        start -= 1
    if 0 < end < len(text) and text[end - 1] == "\r":
        end += 1
    return start, max(start, end)


if __name__ == "__main__":
    names = [a for a in sys.argv[1:] if not a.startswith("-")]
    argv = [sys.argv[0]] + (["-k", names[0]] if names else [])
    unittest.main(argv=argv)
