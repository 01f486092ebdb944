"""The ports of this machine's loopback interface, for a container: Unix sockets in a folder that it mounts."""

import contextlib
import pathlib
import socket
import socketserver
import threading


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    port = 0


class _Relay(socketserver.BaseRequestHandler):
    def handle(self):
        with socket.create_connection(("127.0.0.1", self.server.port)) as target:
            requests = threading.Thread(target=_copy, args=(self.request, target), daemon=True)
            requests.start()
            _copy(target, self.request)
            requests.join()


def _copy(source, target):
    # A direction that fails has ended.
    with contextlib.suppress(OSError):
        while received := source.recv(65_536):
            target.sendall(received)
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def relayed(ports, folder):
    """Relays connections to FOLDER/PORT.sock to the ports, while the context is open.

    The folder must be short or relative: the path of a Unix socket has at most 107 bytes on Linux.
    """
    with contextlib.ExitStack() as stack:
        for port in ports:
            path = pathlib.Path(folder) / f"{port}.sock"
            path.unlink(missing_ok=True)
            server = stack.enter_context(_Server(str(path), _Relay))
            stack.callback(path.unlink, missing_ok=True)
            server.port = port
            # The container's user is another.
            path.chmod(0o666)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        yield
