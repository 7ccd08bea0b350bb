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
        ("select i in 1 2; do echo; done", "syntax error: this shell does not support 'select'"),
        ("if true; then echo a", "syntax error: unexpected EOF"),
        ("if true; then fi", "syntax error: unexpected 'f'"),
        ("while true; echo a; done", "syntax error: unexpected 'd'"),
        ("fi", "syntax error: unexpected 'f'"),
        ("for 1 in a; do echo; done", "syntax error: unexpected '1'"),
        ("case a in a) echo", "syntax error: unexpected EOF"),
        ("echo `id", "no closing quote"),
        ("echo $((1+1)", "syntax error: unexpected EOF"),
        ("echo $((1 +))", "1 +: bad expression"),
        ("echo $((7/0))", "7/0: divisor 0"),
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


@pytest.mark.parametrize(
    ("script", "out", "status"),
    [
        ("if true; then echo yes; else echo no; fi", "yes\n", 0),
        ("if [ -d /data/none ]; then echo a; elif test 3 -gt 2; then echo b; else echo c; fi", "b\n", 0),
        ("if false; then echo a; fi; echo $?", "0\n", 0),
        ("if ! echo x | grep -q y; then echo absent; fi", "absent\n", 0),
        ("if true\nthen\n  echo lines\nfi", "lines\n", 0),
        ("i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done", "0\n1\n2\n", 0),
        ("i=5; until [ $i -le 3 ]; do i=$(($i - 1)); done; echo $i", "3\n", 0),
        ("while true; do echo once; break; done", "once\n", 0),
        ("for a in 1 2; do for b in x y; do [ $b = y ] && continue 2; echo $a$b; done; done", "1x\n2x\n", 0),
        ("for word in a 'b c' $(echo d e); do echo \"<$word>\"; done", "<a>\n<b c>\n<d>\n<e>\n", 0),
        ("for a in 1 2 3; do false; done", "", 1),
        ("printf 'one 1\\ntwo 2\\n' | while read name rest; do echo $rest-$name; done", "1-one\n2-two\n", 0),
        ("case device in off*) echo a;; dev*|emu*) echo b;; *) echo c;; esac", "b\n", 0),
        (
            "case 'a*' in 'a*') echo literal;; esac; case ab in 'a*') echo wrong;; (*) echo other ;; esac",
            "literal\nother\n",
            0,
        ),
        ("case x in y) echo a;; esac", "", 0),
        ("echo `echo back` \"`echo 'a  b'`\"", "back a  b\n", 0),
        ("echo $((2 + 3 * 4)) $(( (2+3)*4 )) $((-7 / 2)) $((-7 % 3)) $((1 << 3 | 1))", "14 20 -3 -1 9\n", 0),
        ("a=6; echo $((a*7)) $((nothing)) $((a > 5 && a != 7)) $((!a))", "42 0 1 0\n", 0),
        ("echo $((9223372036854775807 + 1))", "-9223372036854775808\n", 0),
        ("echo ${NOTHING:-some text} ${HOME:-x}", "some text /\n", 0),
        ("if true; then echo in; fi > /data/local/tmp/f; cat /data/local/tmp/f", "in\n", 0),
        ("{ if false; then :; else exit 4; fi; echo never; }", "", 4),
        ("echo if then fi", "if then fi\n", 0),
    ],
)
def test_conditions_and_loops(local_sh: Run, script: str, out: str, status: int) -> None:
    assert local_sh(script) == (out.encode(), b"", status)


def test_a_loop_without_end_leaves_the_phone_usable(sh: Run, phone: object, adb: Any) -> None:
    device = adb.device(phone.address)  # type: ignore[attr-defined]
    with device.shell("while true; do :; done", stream=True):
        assert device.shell("echo usable") == "usable"
