"""The report as one page for people: self-contained, nothing is loaded."""

from html import escape
from typing import Any

from contract_tests.report import failure

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem;
  color: #1c2430; background: #fff; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #dde3ea;
  vertical-align: top; }
td:first-child { white-space: nowrap; }
pre { background: #f4f6f9; padding: .8rem; overflow-x: auto; white-space: pre-wrap; }
.passed, .green { color: #17703b; } .failed, .red { color: #b3261e; } .skipped { color: #6b7684; }
@media (prefers-color-scheme: dark) {
  body { color: #dfe6ee; background: #14181d; } td, th { border-color: #2b333c; }
  pre { background: #1d232a; } .passed, .green { color: #6fd39a; }
  .failed, .red { color: #ff8a80; } }
"""


def page(report: dict[str, Any]) -> str:
    """Give the page for a report (see `contract_tests.report.Verdicts.to_json`)."""
    verdict = "passed" if report["passed"] else "failed"
    judged = [row["status"] for row in report["clauses"] if row["status"] != "skipped"]
    hold = f"{judged.count('passed')} of {len(judged)} clauses hold"
    rows = "".join(_row(row) for row in report["clauses"])
    failures = "".join(_failure(row) for row in report["clauses"] if "counterexample" in row)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Contract: {escape(report["target"])}</title><style>{_STYLE}</style></head><body>
<h1>{escape(report["target"])}: <span class="{verdict}">{verdict}</span></h1>
<p>Level {escape(report["level"].upper())}: {hold}</p>
<table><thead><tr><th>clause</th><th>level</th><th>verdict</th><th>sentence</th><th>source</th></tr>
</thead><tbody>{rows}</tbody></table>{failures}</body></html>
"""


def _row(row: dict[str, Any]) -> str:
    name = escape(row["id"])
    shown = f'<a href="#{name}">{name}</a>' if "counterexample" in row else name
    known = f"<br>known: {escape(row['known'])}" if "known" in row else ""
    return (
        f'<tr><td>{shown}</td><td>{row["level"]}</td><td class="{row["status"]}">{row["status"]}'
        f"{known}</td><td>{escape(row['title'])}</td><td>{escape(row['source'])}</td></tr>"
    )


def _failure(row: dict[str, Any]) -> str:
    lines = (f'<span class="{style}">{escape(line)}</span>\n' for line, style in failure(row))
    head = f'<h2 id="{escape(row["id"])}">{escape(row["id"])}: {escape(row["title"])}</h2>'
    return f"{head}<pre>{''.join(lines)}</pre>"
