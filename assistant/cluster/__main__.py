"""`make cluster`: starts the service, prints its address, and stops it on Ctrl-C."""

import os
import signal
import stat
import sys
import time
from pathlib import Path

from assistant.cluster.topology import Cluster
from assistant.content.yaml_file import ContentError
from assistant.serve import StartError, check_port
from assistant.settings import ROOT, SettingsError

PORT = 8080
SUPERVISE_SECONDS = 1  # between two looks for parts that have ended


def reachable_folder(name: str) -> Path:
    """A folder in var/, or in /var/tmp where the unprivileged users of the databases could not reach that."""
    folder = ROOT / "var" / name
    everyone = all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.parents if parent.exists())
    return folder if everyone or os.geteuid() != 0 else Path("/var/tmp") / f"assistant-{name}"


def _raise_interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Runs until Ctrl-C; a part that ends by itself is started again."""
    signal.signal(signal.SIGTERM, _raise_interrupt)
    cluster = Cluster(reachable_folder("cluster"), int(os.environ.get("CLUSTER_PORT", PORT)))
    try:
        check_port("127.0.0.1", cluster.port, "CLUSTER_PORT")
        cluster.start()
        print(f"La page de démonstration : {cluster.base}/webhooks/widget/demo")
        print(f"Journaux et données : {cluster.folder}. Ctrl-C pour arrêter.", flush=True)
        while True:
            time.sleep(SUPERVISE_SECONDS)
            for name in cluster.start_ended():
                print(f"{name} s'est arrêté et redémarre. Voir {cluster.folder / name}.log.", flush=True)
    except KeyboardInterrupt:
        print("\nArrêté.")
        return 0
    except (StartError, ContentError, SettingsError) as problem:
        print(f"\n{problem}", file=sys.stderr)
        return 1
    finally:
        cluster.stop()


if __name__ == "__main__":
    sys.exit(main())
