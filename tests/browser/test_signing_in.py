"""Signing in from the address of a view, another password, and a session that ends while its page is open."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.access.accounts import Accounts
from dashboard.database import Database
from tests.networks import lstm_recording
from tests.server import running

NAME, PASSWORD = "ada", "correct horse battery"
UNAUTHORIZED = "status of 401"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("signing-in")
    lstm_recording(folder / "data" / "plays")
    return folder


@pytest.fixture(scope="module")
def accounts(folder):
    accounts = Accounts(Database("", folder / "data"))
    accounts.add(NAME, PASSWORD)
    return accounts


@pytest.fixture(scope="module")
def url(folder, accounts):
    places = {"cache_dir": folder / "cache", "secret_key_file": folder / "key"}
    with running(data_dir=folder / "data", access="accounts", **places) as url:
        yield url


@pytest.fixture
def page(browser: Browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None
    )
    yield page
    context.close()
    # A browser says of every refused page that it was refused.
    assert [text for text in complaints if UNAUTHORIZED not in text] == []


def sign_in(page: Page, password: str) -> None:
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_from_an_address_to_its_view_and_out_again(page, url, accounts, shot):
    page.goto(f"{url}/match?recording=plays&at=7&theme=dark")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    sign_in(page, "wrong password")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    shot(page, "sign-in-dark")
    sign_in(page, PASSWORD)
    page.wait_for_selector("#match-page")
    expect(page.locator(".who-name")).to_have_text(NAME)
    expect(page).to_have_url(re.compile(r"/match\?.*recording=plays.*at=7"))

    accounts.change_password(NAME, "another long password")
    page.get_by_role("link", name="Memory", exact=True).click()
    message = page.locator(".message", has_text="You are signed out. Sign in to go on.")
    expect(message).to_have_count(1)
    shot(page, "signed-out")
    message.get_by_role("link", name="Sign in").click()
    sign_in(page, "another long password")
    page.wait_for_selector("#memory-page")
    page.get_by_role("button", name="sign out").click()
    expect(page.get_by_role("alert")).to_have_text("You are signed out.")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_password_is_changed_without_scripts(browser, url, accounts, shot):
    accounts.add("bob", PASSWORD)
    context = browser.new_context(java_script_enabled=False, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{url}/password")
    page.get_by_label("Name").fill("bob")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Name")).to_have_value("bob")
    page.get_by_label("Password until now").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("another long password")
    page.get_by_label("New password once more").fill("another long passwort")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("alert")).to_have_text("The new password was not typed alike twice.")
    shot(page, "password")
    page.get_by_label("Password until now").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("another long password")
    page.get_by_label("New password once more").fill("another long password")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_role("status")).to_contain_text("the new password is asked for now")
    expect(page.get_by_role("link", name="Go on")).to_be_visible()
    assert accounts.check("bob", "another long password") == "bob"
    context.close()
