"""Scrapy's settings, hardened: each line below differs from a default that is wrong for us."""

from typing import Any

from scrapy.settings import Settings

from config.settings import settings as qingdan_settings
from crawlers.board import Board, host_of
from crawlers.guards import LOOPBACK_SETTING

BOT_NAME = "qingdan"
SPIDER_MODULES = ["crawlers.spiders"]

# Who we are, and what we obey. The stock robots.txt and offsite middlewares are replaced by stricter ones.
USER_AGENT = f"Qingdan/0.1 (job advertisement compliance; +{qingdan_settings().crawl_contact})"
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_ITEMS = 1  # a visit to a page comes behind the postings of the page
DOWNLOAD_DELAY = 5
# A delay is a floor: varying it would go below what robots.txt asks for.
DOWNLOAD_DELAY_JITTER = 0
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # it becomes a rejection, which is where people look
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "crawlers.stops.PermitStop": 5,
    "crawlers.guards.HostGuard": 10,
    "crawlers.robots.StrictRobots": 100,
    "crawlers.backoff.PoliteRetry": 550,
    "crawlers.stops.ChallengeStop": 560,
    "crawlers.stops.BudgetStop": 950,
}
SPIDER_MIDDLEWARES = {
    # No depth is limited here, and no meta copied; both look at everything that a page gives.
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
# A board that answers slowly gets as long a pause as its answer took.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 0.5
AUTOTHROTTLE_MAX_DELAY = 120

# Where it may connect. A proxy would resolve names by itself, past the guard.
TWISTED_DNS_RESOLVER = "crawlers.guards.PublicResolver"
HTTPPROXY_ENABLED = False
DOWNLOAD_HANDLERS = {"data": None, "file": None, "ftp": None, "s3": None}
DOWNLOAD_VERIFY_CERTIFICATES = True

# How much it takes. The size limit holds for the unpacked body too.
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 2 * 1024 * 1024
DOWNLOAD_TIMEOUT = 30
REDIRECT_MAX_TIMES = 5
METAREFRESH_ENABLED = False
CLOSESPIDER_TIMEOUT = 6 * 3600
MEMUSAGE_LIMIT_MB = 1024

# What it leaves behind or gives away: nothing.
COOKIES_ENABLED = False
REFERRER_POLICY = "no-referrer"
JOBDIR = None  # pickles, and not crash-safe; what was seen stands in the database

# No way in. The remote control runs code sent to it, and so does the telnet console.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
EXTENSIONS = {
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawlers.throttle.FlooredAutoThrottle": 0,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    # Statistics that nobody reads: what a run came to stands in its row.
    "scrapy.extensions.corestats.CoreStats": None,
    "scrapy.extensions.logcount.LogCount": None,
    "scrapy.extensions.logstats.LogStats": None,
}

ITEM_PIPELINES = {"crawlers.pipelines.DoorPipeline": 100}
LOG_LEVEL = "WARNING"
LOG_INSTALL_ROOT_HANDLER = False  # the process writes its log our way (config/logs.py)
STATS_DUMP = False
WARN_ON_GENERATOR_RETURN_VALUE = False  # it reads our source again for every page


def resolved(board: Board, **changes: int) -> Settings:
    """Scrapy's settings for a run over `board`: these, what the board changes, and what the caller does."""
    settings = Settings()
    settings.setmodule("crawlers.settings", priority="project")
    settings.update(for_board(board) | changes, priority="cmdline")
    return settings


def for_board(board: Board) -> dict[str, Any]:
    """What one board changes in the settings above."""
    host = host_of(f"//{board.hosts[0]}").strip("[]") if board.local else ""
    return {
        "DOWNLOAD_DELAY": board.delay,
        "AUTOTHROTTLE_START_DELAY": board.delay,
        "DOWNLOAD_TIMEOUT": board.timeout,
        LOOPBACK_SETTING: host,
    }
