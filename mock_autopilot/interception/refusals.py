"""What is said of a call that no interception answers or lets through. Pure."""

from collections.abc import Sequence

from mock_autopilot.interception.urls import PORTS, BaseUrl, Url

AUTOPILOT = "autopilothq.com"
"""The vendor's domain. Nobody answers there any more; whoever takes it over would get the calls."""
FIXTURE = "the fixture autopilot_intercept_options"


def refusal(method: str, url: Url, base_urls: Sequence[BaseUrl]) -> str:
    """Return why a call was not sent, and how to have it answered or let through.

    To let a call to Autopilot's own host through is not advised: it would send people's data there.
    """
    answered = ", ".join(dict.fromkeys(base.text for base in base_urls))
    text = (
        f"{method} {url} was not sent: mock_autopilot.intercept() answers {answered} and lets "
        "nothing else through. "
    )
    if not _is_autopilots(url.host):
        let_through = f"intercept(passthrough=[{url.host!r}]), or passthrough in {FIXTURE}"
        return f"{text}To let it through: {let_through}"
    secure = url._replace(scheme="https", port=PORTS["https"])
    if url.scheme == "http" and any(base.api_path(secure) is not None for base in base_urls):
        text += "This is Autopilot's own host: write https, or give it as a base URL: "
    else:
        text += "This is Autopilot's own host: give it as a base URL: "
    return f"{text}intercept('{url.scheme}://{url.location}/v1/'), or base_urls in {FIXTURE}"


def reason(url: Url, base_urls: Sequence[BaseUrl]) -> str:
    """Return in a few words why a call is refused."""
    is_known = any(base.root.host == url.host for base in base_urls)
    return "URL not intercepted" if is_known else "host not intercepted"


def _is_autopilots(host: str) -> bool:
    return f".{host.rstrip('.')}".endswith(f".{AUTOPILOT}")
