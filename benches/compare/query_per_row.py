"""One query per row: a sync like that of the web service that malsync replaces. It uses SQLAlchemy's ORM, a query for every
row, a flush for every anime and a commit for every hundred entries, and only the three tables that the web service had.

    query_per_row.py DATABASE_URL API TOKEN PAGE_SIZE
"""

import sys
from datetime import date, datetime
from typing import Optional

import requests
from sqlalchemy import ForeignKey, create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

COMMIT_EVERY = 100
FIELDS = (
    "alternative_titles,synopsis,num_episodes,status,mean,rank,popularity,start_date,end_date,main_picture,"
    "list_status{start_date,finish_date,comments,num_episodes_watched,score,status,updated_at}"
)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str]
    last_mal_sync: Mapped[Optional[datetime]]


class Anime(Base):
    __tablename__ = "anime"
    id: Mapped[int] = mapped_column(primary_key=True)
    mal_id: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str]
    title_english: Mapped[Optional[str]]
    synopsis: Mapped[Optional[str]]
    episodes: Mapped[Optional[int]]
    status: Mapped[Optional[str]]
    score: Mapped[Optional[float]]
    rank: Mapped[Optional[int]]
    popularity: Mapped[Optional[int]]
    aired_from: Mapped[Optional[date]]
    aired_to: Mapped[Optional[date]]
    image_url: Mapped[Optional[str]]


class Entry(Base):
    __tablename__ = "user_anime_lists"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    anime_id: Mapped[int] = mapped_column(ForeignKey("anime.id"))
    status: Mapped[str]
    score: Mapped[Optional[int]]
    episodes_watched: Mapped[int]
    start_date: Mapped[Optional[date]]
    finish_date: Mapped[Optional[date]]
    notes: Mapped[Optional[str]]


def pages(api, token, size):
    """Yields every entry of the list, page by page."""
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {token}"
        query = {"fields": FIELDS, "nsfw": "true", "sort": "anime_title", "limit": size, "offset": 0}
        while True:
            response = http.get(f"{api}/users/@me/animelist", params=query)
            response.raise_for_status()
            page = response.json()
            yield from page["data"]
            if "next" not in page["paging"]:
                return
            query["offset"] += size


def first_day(text):
    return date.fromisoformat((text + "-01-01")[:10]) if text else None


def store(session, user, item):
    node, mine = item["node"], item["list_status"]
    picture = node.get("main_picture", {})
    anime = session.scalars(select(Anime).where(Anime.mal_id == node["id"])).one_or_none()
    if anime is None:
        anime = Anime(mal_id=node["id"])
        session.add(anime)
    anime.title = node["title"]
    anime.title_english = node.get("alternative_titles", {}).get("en") or None
    anime.synopsis = node.get("synopsis") or None
    anime.episodes = node.get("num_episodes") or None
    anime.status = node.get("status")
    anime.score = node.get("mean")
    anime.rank = node.get("rank")
    anime.popularity = node.get("popularity")
    anime.aired_from = first_day(node.get("start_date"))
    anime.aired_to = first_day(node.get("end_date"))
    anime.image_url = picture.get("large") or picture.get("medium")
    session.flush()

    entry = session.scalars(select(Entry).where(Entry.user_id == user.id, Entry.anime_id == anime.id)).one_or_none()
    if entry is None:
        entry = Entry(user_id=user.id, anime_id=anime.id)
        session.add(entry)
    entry.status = mine["status"]
    entry.score = mine.get("score") or None
    entry.episodes_watched = mine.get("num_episodes_watched", 0)
    entry.start_date = first_day(mine.get("start_date"))
    entry.finish_date = first_day(mine.get("finish_date"))
    entry.notes = mine.get("comments") or None


def main(url, api, token, size):
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with Session(engine) as session:
        user = session.scalars(select(User)).one()
        for number, item in enumerate(pages(api, token, int(size)), 1):
            store(session, user, item)
            if number % COMMIT_EVERY == 0:
                session.commit()
        user.last_mal_sync = func.now()
        session.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
