import shlex
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handeye.environments.simulated_phone.shell.syntax import ShellSyntaxError, parse

Run = Callable[..., Any]

ALIKE = [
    "echo a b  c",
    "echo 'a  b' \"c  d\"",
    "echo a\\ b \\' \\\" \\\\",
    "echo one; echo two",
    "echo one && echo two || echo three",
    "false && echo two || echo three; echo $?",
    "true; echo $?; false; echo $?",
    "! false; echo $?; ! true; echo $?",
    "echo a | cat | tr a b",
    "echo \"x${HOME}y\" '$HOME' \\$HOME",
    "A=1; echo $A \"$A\" '$A' ${A}2",
    "A='x  y'; echo $A; echo \"$A\"",
    "A=' x '; echo a$A'b'",
    'A=; echo [$A] "" | wc -c',
    "A=1 B=2; echo $A$B",
    "echo $(echo inner; echo more) \"$(echo 'a  b')\"",
    "echo a > /dev/null; echo b",
    "echo err 1>&2 2>/dev/null; echo out",
    "(echo sub; exit 3); echo $?",
    "{ echo a; echo b; } | wc -l",
    "(cd /; A=2); echo $A.",
    "exit 7; echo never",
    "false; exit",
    "echo a # a comment\necho b",
    "echo a \\\n b",
    "echo a\n\necho b\n",
    "printf '%s-%s\\n' a b",
    "echo a|tr a-a b;echo c",
    "[ 3 -gt 2 ] && echo yes; [ a = b ] || echo no",
    "test -z '' && echo empty",
    "test -d / && echo folder",
    "echo '*' \"?\" \\[",
    "A='*'; echo \"$A\"",
    "echo a=b A=c",
    "eval 'echo x y; false'; echo $?",
    "sh -c 'exit 5'; echo $?",
    "export A=3; echo $A; unset A; echo [$A] | tr -d '[]'",
    "echo \"a'b\" 'a\"b'",
    "echo a;\necho b",
    "echo hi >&2; echo x",
    "printf 'b\\na\\nb\\n' | sort -u",
    "printf 'a\\nb\\nc\\n' | head -n 2 | tail -n 1",
    "printf 'a\\nb\\nab\\n' | grep a; printf 'x\\n' | grep y; echo $?",
    "printf 'a.c\\nabc\\n' | grep -F a.c; printf 'a\\nb\\n' | grep -E 'a|b' | wc -l",
    "printf 'a\\nb\\n' | grep -v a; printf 'a\\nb\\n' | grep -c .",
    "printf 'hello' | md5sum; printf 'hello' | sha256sum",
    "printf 'hello' | base64 | base64 -d",
    "printf hello | gzip -1 | gzip -d",
]


@pytest.mark.parametrize("script", ALIKE)
def test_scripts_do_what_they_do_in_another_shell(local_sh: Run, script: str) -> None:
    ours = local_sh(script)
    theirs = subprocess.run(["sh", "-c", script], capture_output=True, env={"HOME": "/", "PATH": "/usr/bin:/bin"})
    assert (ours.out, ours.status) == (theirs.stdout, theirs.returncode)


words = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)


@given(st.lists(words, min_size=1, max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_quoted_words_arrive_as_they_are(local_sh: Run, given: list[str]) -> None:
    script = "printf %s%s " + " ".join(shlex.quote(word) for word in ["<", *given])
    assert local_sh(script).out.decode() == "<" + given[0]
    assert local_sh(" ".join(["echo", *(shlex.quote(word) for word in ["<", *given])])).out.decode() == (
        " ".join(["<", *given]) + "\n"
    )


PIECES = (
    *("a", "b c", "'q  r'", '"d  e"', "$A", '"$A"', "${A}", "\\ ", "'", '"', ";", "&&", "||", "|", "$?", " ", "echo "),
    *("true", "false", "(", ")", ">/dev/null", "2>&1", "$(echo z)", "\n", "#", "\\\n", "=", "A=5 ", "!"),
)
pieces = st.lists(st.sampled_from(PIECES), max_size=10)


@given(pieces)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_no_script_breaks_the_shell(local_sh: Run, parts: list[str]) -> None:
    ran = local_sh("".join(parts))
    assert 0 <= ran.status <= 255


@given(st.text(max_size=40))
def test_what_cannot_be_read_is_an_error_that_says_so(text: str) -> None:
    try:
        parse(text)
    except ShellSyntaxError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo 'a", "no closing quote"),
        ('echo "a', "no closing quote"),
        ("echo )", "syntax error: unexpected ')'"),
        ("; echo", "syntax error: unexpected ';'"),
        ("echo a &&", "syntax error: unexpected EOF"),
        ("sleep 1 &", "syntax error: this shell does not support background commands"),
        ("for i in 1 2; do echo; done", "syntax error: this shell does not support 'for'"),
        ("echo `id`", "syntax error: this shell does not support backquotes: use $(...)"),
        ("echo $((1+1))", "syntax error: this shell does not support arithmetic"),
    ],
)
def test_what_it_cannot_do_it_says(local_sh: Run, script: str, message: str) -> None:
    ran = local_sh(script)
    assert (ran.out, ran.err.decode(), ran.status) == (b"", f"/system/bin/sh: {message}\n", 1)


@pytest.mark.parametrize("opening", ["(", "{ ", "echo $(", 'echo "$('])
def test_scripts_within_scripts_have_an_end(local_sh: Run, opening: str) -> None:
    ran = local_sh(opening * 3000)
    assert (ran.err, ran.status) == (b"/system/bin/sh: syntax error: scripts are nested too deeply\n", 1)
    closing = {"(": ")", "{ ": ";}", "echo $(": ")", 'echo "$(': ')"'}[opening]
    assert local_sh(opening * 40 + "echo x" + closing * 40).out == b"x\n"


def test_unknown_commands_are_named(local_sh: Run) -> None:
    ran = local_sh("nosuch --option; echo $?")
    assert ran.err == b"/system/bin/sh: nosuch: inaccessible or not found\n"
    assert ran.out == b"127\n"


def test_files_are_written_read_and_matched(local_sh: Run) -> None:
    local_sh("cd /data/local/tmp; echo one > a.txt; echo two >> a.txt; echo three > b.txt; echo 4 > '*.txt'")
    assert local_sh("cat /data/local/tmp/a.txt").out == b"one\ntwo\n"
    assert local_sh("cat < /data/local/tmp/a.txt | wc -l").out == b"2\n"
    assert local_sh("cd /data/local/tmp && echo *.txt '*.txt' no*such").out == b"*.txt a.txt b.txt *.txt no*such\n"
    assert local_sh("rm /data/local/tmp/[ab].txt; ls /data/local/tmp").out == b"*.txt\n"
    refused = local_sh("echo x > /system/y; echo $?")
    assert refused.err == b"/system/bin/sh: can't create /system/y: Read-only file system\n"
    assert refused.out == b"1\n"


def test_a_reader_that_goes_ends_the_writer(local_sh: Run) -> None:
    assert local_sh("logcat | head -c 9").out == b"---------"
    assert local_sh("logcat | true; echo $?").out == b"0\n"


def test_errors_of_the_system_look_like_javas(local_sh: Run) -> None:
    ran = local_sh("input tap 5")
    assert ran.status == 255
    assert ran.err.decode().startswith(
        "\nException occurred while executing 'tap':\n"
        'java.lang.IllegalArgumentException: Argument expected after "5"\n\tat com.'
    )


def test_without_a_screen_its_services_are_missing(local_sh: Run) -> None:
    ran = local_sh("input tap 5 5")
    assert (ran.err, ran.status) == (b"cmd: Can't find service: input\n", 20)
