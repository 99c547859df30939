"""The program in the mirror: asks the warm process for a provider, hands over its own streams, and waits for the end.

Terraform starts it a thousand times in a run of tests, so it imports nothing but what is built in.
"""

import _signal  # type: ignore[import-not-found]  # built in, as `signal` itself is not
import _socket
import marshal
import os
import sys

PASSED = (0, 1, 2)


def main() -> int:
    """Returns the provider's exit code; 1 when the warm process is gone."""
    _signal.signal(_signal.SIGINT, _signal.SIG_IGN)  # Ctrl-C reaches the group; the provider itself decides
    parent = os.pidfd_open(os.getppid())
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        connection.connect(sys.argv[1])
    except OSError as error:
        sys.stderr.write(f"the warm provider does not answer: {error}\n")
        return 1
    request = marshal.dumps((os.getcwd(), sys.argv[2:], dict(os.environ)))  # noqa: PTH109  (pathlib is slow to load)
    streams = b"".join(number.to_bytes(4, sys.byteorder) for number in (*PASSED, parent))
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, streams)]
    connection.sendmsg([len(request).to_bytes(4, "big")], rights)
    connection.sendall(request)
    answer = connection.recv(1)
    return answer[0] if answer else 1


if __name__ == "__main__":
    os._exit(main())
