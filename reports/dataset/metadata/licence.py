"""`LICENSE.txt`: under what terms the data may be used, in both languages, and where the terms stand."""

from reports.dataset.metadata.about import LICENCE, LICENCE_TITLE, LICENCE_URL, PUBLISHER, TITLE, TITLE_ZH


def licence() -> str:
    return (
        f"{TITLE}\n\n"
        f"{PUBLISHER} makes this dataset available under {LICENCE_TITLE} ({LICENCE}):\n{LICENCE_URL}\n\n"
        "You may share and adapt it for any purpose, provided that you name the source and its version,\n"
        "link to the licence and say what you changed.\n\n\n"
        f"{TITLE_ZH}\n\n"
        f"本数据集依照“知识共享署名 4.0 国际”许可协议（{LICENCE}）提供：\n{LICENCE_URL}\n\n"
        "可以为任何目的分享和改编，但须注明来源和版本、提供许可协议的链接，并说明所作的修改。\n"
    )
