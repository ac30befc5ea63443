"""Runs a command under the system call filter and the address space of a unit file.

    python3 confined.py UNIT COMMAND ARGUMENT...

The filter is expanded by systemd-analyze, as systemd itself would; what it does not allow fails with
EPERM. For x86_64.
"""
import ctypes, os, re, resource, struct, subprocess, sys

HEADER = "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"
LOAD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1


def expanded(name):
    """The system calls of a name, which may be one itself."""
    if not name.startswith("@"):
        return {name}
    listed = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True)
    lines = [line.strip() for line in listed.stdout.splitlines()[1:]]
    return set().union(*(expanded(line) for line in lines if line and line[0] != "#"))


def allowed(settings):
    """What the lines of the filter allow, one after the other; systemd adds the default."""
    calls = expanded("@default")
    for line in settings:
        names = set().union(*(expanded(name) for name in line.lstrip("~").split()))
        calls = calls - names if line.startswith("~") else calls | names
    return calls | {"execve"}


def program(calls):
    numbers = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", open(HEADER).read()))
    code = [(LOAD, 0, 0, 0)]
    for name in sorted(calls & numbers.keys()):
        code += [(JUMP_IF_EQUAL, 0, 1, int(numbers[name])), (RETURN, 0, 0, ALLOW)]
    return code + [(RETURN, 0, 0, REFUSE)]


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_void_p)]


def confine(code):
    raw = b"".join(struct.pack("HBBI", *step) for step in code)
    buffer = ctypes.create_string_buffer(raw, len(raw))
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter = 38, 22
    wanted = Program(len(code), ctypes.addressof(buffer))
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) or \
            libc.prctl(set_filter, 2, ctypes.byref(wanted), 0, 0):
        sys.exit(f"The kernel takes no filter: errno {ctypes.get_errno()}.")


unit = open(sys.argv[1]).read()
filters = re.findall(r"^SystemCallFilter=(.+)$", unit, re.MULTILINE)
space = int(re.search(r"^LimitAS=(\d+)G$", unit, re.MULTILINE).group(1)) << 30
for variable in re.findall(r"^Environment=(.+)$", unit, re.MULTILINE):
    name, _, value = variable.partition("=")
    os.environ[name] = value
code = program(allowed(filters))
resource.setrlimit(resource.RLIMIT_AS, (space, space))
confine(code)
os.execv(sys.argv[2], sys.argv[2:])
