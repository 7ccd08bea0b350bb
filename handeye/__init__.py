"""handeye: Qwen2.5-VL drives browsers, desktops and Android phones from pixels."""
