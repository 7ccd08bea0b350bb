"""Stands in for android_world/env/env_launcher.py."""

from handeye.evals.androidworld.fake.interface import AsyncAndroidEnv, connect


def load_and_setup_env(
    console_port: int = 5554,
    emulator_setup: bool = False,
    freeze_datetime: bool = True,
    adb_path: str = "~/Android/Sdk/platform-tools/adb",
    grpc_port: int = 8554,
) -> AsyncAndroidEnv:
    """Connect to an emulator."""
    env = connect(f"emulator-{console_port}")
    if emulator_setup:
        env.put("global", "apps_installed", "1")
    return env
