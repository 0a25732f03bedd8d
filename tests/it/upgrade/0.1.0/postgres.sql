--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: _sqlx_migrations; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);


--
-- Name: anime; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.anime (
    id integer NOT NULL,
    mal_id integer NOT NULL,
    title text NOT NULL,
    title_english text,
    synopsis text,
    episodes integer,
    status text,
    score numeric(4,2),
    rank integer,
    popularity integer,
    aired_from date,
    aired_to date,
    image_url text,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    media_type text,
    nsfw text,
    title_japanese text,
    aired_from_precision text,
    aired_to_precision text
);


--
-- Name: anime_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.anime_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: anime_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.anime_id_seq OWNED BY public.anime.id;


--
-- Name: sync_changes; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sync_changes (
    id bigint NOT NULL,
    run_id bigint NOT NULL,
    user_id integer NOT NULL,
    mal_id integer NOT NULL,
    at timestamp without time zone DEFAULT now() NOT NULL,
    field text NOT NULL,
    local jsonb,
    mal jsonb,
    kept jsonb,
    conflict boolean DEFAULT false NOT NULL,
    rule text DEFAULT 'mal'::text NOT NULL
);


--
-- Name: sync_changes_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sync_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sync_changes_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sync_changes_id_seq OWNED BY public.sync_changes.id;


--
-- Name: sync_runs; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.sync_runs (
    id bigint NOT NULL,
    run_id bigint GENERATED ALWAYS AS (id) STORED,
    user_id integer NOT NULL,
    username text,
    mode text DEFAULT 'full'::text NOT NULL,
    force_full boolean DEFAULT false NOT NULL,
    dry_run boolean DEFAULT false NOT NULL,
    status text DEFAULT 'RUNNING'::text NOT NULL,
    started_at timestamp without time zone DEFAULT now() NOT NULL,
    finished_at timestamp without time zone,
    duration double precision,
    anime_fetched bigint DEFAULT 0 NOT NULL,
    anime_created bigint DEFAULT 0 NOT NULL,
    anime_updated bigint DEFAULT 0 NOT NULL,
    anime_unchanged bigint DEFAULT 0 NOT NULL,
    user_lists_created bigint DEFAULT 0 NOT NULL,
    user_lists_updated bigint DEFAULT 0 NOT NULL,
    user_lists_unchanged bigint DEFAULT 0 NOT NULL,
    user_lists_removed bigint DEFAULT 0 NOT NULL,
    conflicts_resolved bigint DEFAULT 0 NOT NULL,
    requests bigint DEFAULT 0 NOT NULL,
    retries bigint DEFAULT 0 NOT NULL,
    token_refreshes bigint DEFAULT 0 NOT NULL,
    constraint_violations bigint DEFAULT 0 NOT NULL,
    errors jsonb DEFAULT '[]'::jsonb NOT NULL
);


--
-- Name: sync_runs_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.sync_runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: sync_runs_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.sync_runs_id_seq OWNED BY public.sync_runs.id;


--
-- Name: user_anime_lists; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.user_anime_lists (
    id integer NOT NULL,
    user_id integer NOT NULL,
    anime_id integer NOT NULL,
    status character varying(20) NOT NULL,
    score integer,
    episodes_watched integer DEFAULT 0,
    start_date date,
    finish_date date,
    notes text,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    is_rewatching boolean DEFAULT false NOT NULL,
    times_rewatched integer DEFAULT 0 NOT NULL,
    rewatch_value integer DEFAULT 0 NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    tags jsonb DEFAULT '[]'::jsonb NOT NULL,
    start_date_precision text,
    finish_date_precision text,
    mal_entry jsonb,
    mal_updated_at timestamp without time zone,
    removed_at timestamp without time zone,
    CONSTRAINT user_anime_lists_episodes_watched_check CHECK ((episodes_watched >= 0)),
    CONSTRAINT user_anime_lists_score_check CHECK (((score >= 0) AND (score <= 10))),
    CONSTRAINT user_anime_lists_status_check CHECK (((status)::text = ANY ((ARRAY['watching'::character varying, 'completed'::character varying, 'on_hold'::character varying, 'dropped'::character varying, 'plan_to_watch'::character varying])::text[])))
);


--
-- Name: user_anime_lists_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.user_anime_lists_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: user_anime_lists_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.user_anime_lists_id_seq OWNED BY public.user_anime_lists.id;


--
-- Name: users; Type: TABLE; Schema: public; Owner: -
--

CREATE TABLE public.users (
    id integer NOT NULL,
    username character varying(50) NOT NULL,
    email character varying(100),
    mal_access_token text,
    mal_refresh_token text,
    mal_token_expires_at timestamp without time zone,
    last_mal_sync timestamp without time zone,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone DEFAULT now(),
    mal_user_id bigint,
    mal_client_id text,
    mal_token_issued_at timestamp without time zone,
    mal_token_generation bigint DEFAULT 0 NOT NULL,
    mal_needs_login boolean DEFAULT false NOT NULL,
    mal_login_at timestamp without time zone,
    mal_list_watermark timestamp without time zone,
    mal_list_drift integer,
    last_full_sync timestamp without time zone
);


--
-- Name: users_id_seq; Type: SEQUENCE; Schema: public; Owner: -
--

CREATE SEQUENCE public.users_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


--
-- Name: users_id_seq; Type: SEQUENCE OWNED BY; Schema: public; Owner: -
--

ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id;


--
-- Name: anime id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.anime ALTER COLUMN id SET DEFAULT nextval('public.anime_id_seq'::regclass);


--
-- Name: sync_changes id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_changes ALTER COLUMN id SET DEFAULT nextval('public.sync_changes_id_seq'::regclass);


--
-- Name: sync_runs id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_runs ALTER COLUMN id SET DEFAULT nextval('public.sync_runs_id_seq'::regclass);


--
-- Name: user_anime_lists id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_anime_lists ALTER COLUMN id SET DEFAULT nextval('public.user_anime_lists_id_seq'::regclass);


--
-- Name: users id; Type: DEFAULT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass);


--
-- Data for Name: _sqlx_migrations; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public._sqlx_migrations VALUES (1, 'seed tables', '2026-11-24 17:08:13.44957+00', true, '\x2302924044227857cf0d77e6fbb612a8b4cd85af298817a4f6f0d86afe4157db85f14eabe51fabffd7adb91686a1b6c5', 125010932);
INSERT INTO public._sqlx_migrations VALUES (2, 'malsync', '2026-11-24 17:08:13.44957+00', true, '\x7cddf16a804f64d4073657502dffd6922d9d2f26e07b4bc7c9e9d114d60a6b929b5092e4f950d040506416ce8c59578b', 84558968);


--
-- Data for Name: anime; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.anime VALUES (1, 4, 'Gobun no Hanataba ∬', NULL, 'A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. "Everything that is lost ends up here," says the librarian, and hands over a key.

(Source: publisher, translated)', 12, 'finished_airing', 5.22, 2827, 17008, '2019-12-04', '2020-03-28', 'https://cdn.myanimelist.net/images/anime/1572/42670l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'tv', 'white', '青いエンジン森', 'day', 'day');
INSERT INTO public.anime VALUES (2, 6, 'K', 'K', 'In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow. As the tournament draws near, old promises between the team''s members come to light.

"Everything that is lost ends up here," says the librarian, and hands over a key. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. The kingdom''s worst swordsman is chosen to guard its smallest door, and learns what lies behind it. Her brother''s last letter holds a map of a country that no atlas shows. With debts mounting, the agency accepts a case that the police closed twenty years before. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was.

(Source: publisher, translated)', 1, 'finished_airing', 4.70, 8877, 6859, '2013-10-28', '2013-10-28', 'https://api-cdn.myanimelist.net/images/anime/1027/75554l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'movie', 'white', '花青い', 'day', 'day');
INSERT INTO public.anime VALUES (3, 8, '=1+1', '=1+1', 'In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow.

As the tournament draws near, old promises between the team''s members come to light. But the machine that was built to end the war has decided to learn the piano instead. What begins as a bet among classmates soon becomes the strangest film that the club has ever made. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. As the tournament draws near, old promises between the team''s members come to light.

(Source: publisher, translated)', 1, 'finished_airing', 6.66, 3245, 19188, '2013-02-16', '2013-02-16', 'https://api-cdn.myanimelist.net/images/anime/510/13095l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'movie', 'white', 'の歌夢空', 'day', 'day');
INSERT INTO public.anime VALUES (4, 10, '-Zero Minus-', '-Zero Minus-', 'In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow. As the tournament draws near, old promises between the team''s members come to light.

As the tournament draws near, old promises between the team''s members come to light. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air.

[Written by MAL Rewrite]', 50, 'finished_airing', 7.38, 1879, 5606, '2005-01-06', '2006-01-28', 'https://api-cdn.myanimelist.net/images/anime/1239/132859l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'tv', 'white', 'の旅青いカーニバル物語', 'day', 'day');
INSERT INTO public.anime VALUES (5, 13, 'Robert''); DROP TABLE anime;--', NULL, 'After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. Together they must cross the frozen province before the spring council - or lose their names for good.

After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing.

A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human.

[Written by MAL Rewrite]', 2, 'finished_airing', 7.52, 11395, 7999, '2015-02-04', '2015-02-28', 'https://cdn.myanimelist.net/images/anime/374/96071l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'special', 'gray', '雪探偵黒い', 'day', 'day');
INSERT INTO public.anime VALUES (6, 15, '<b>Bold</b> & Brave', NULL, 'Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. What begins as a bet among classmates soon becomes the strangest film that the club has ever made.

What begins as a bet among classmates soon becomes the strangest film that the club has ever made. Together they must cross the frozen province before the spring council - or lose their names for good.

[Written by MAL Rewrite]', 1, 'finished_airing', 6.64, 3608, 13230, '2007-06-18', '2007-06-18', 'https://api-cdn.myanimelist.net/images/anime/1399/131324l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'ona', 'white', '花森風', 'day', 'day');
INSERT INTO public.anime VALUES (7, 18, '../../etc/passwd', '../../etc/passwd', 'A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human. But the machine that was built to end the war has decided to learn the piano instead. The kingdom''s worst swordsman is chosen to guard its smallest door, and learns what lies behind it. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing. He has three wishes, two friends, and only one day left before the world is put back as it was. It is an ordinary year, apart from the dragon that moved in next door. What begins as a bet among classmates soon becomes the strangest film that the club has ever made.

A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human.

(Source: publisher, translated)', 12, 'finished_airing', 5.58, 7200, 3835, '2004-12-09', '2005-03-28', 'https://api-cdn.myanimelist.net/images/anime/1577/26137l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'tv', 'white', '森月空森', 'day', 'day');
INSERT INTO public.anime VALUES (8, 19, '100% Perfect %s {} $1 \ :name', NULL, 'Together they must cross the frozen province before the spring council - or lose their names for good. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing. He has three wishes, two friends, and only one day left before the world is put back as it was.

(Source: publisher, translated)', 8, 'finished_airing', 5.58, 6915, 9505, '2025-11-07', '2026-01-28', 'https://cdn.myanimelist.net/images/anime/676/18363l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'ona', 'white', '花黒い', 'day', 'day');
INSERT INTO public.anime VALUES (9, 21, '星のカーニバル', '星のカーニバル', '"Everything that is lost ends up here," says the librarian, and hands over a key. As the tournament draws near, old promises between the team''s members come to light. With debts mounting, the agency accepts a case that the police closed twenty years before. Together they must cross the frozen province before the spring council - or lose their names for good.

He has three wishes, two friends, and only one day left before the world is put back as it was. What begins as a bet among classmates soon becomes the strangest film that the club has ever made. A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human. Together they must cross the frozen province before the spring council - or lose their names for good.

[Written by MAL Rewrite]', 1, 'finished_airing', 6.11, 10652, 8521, '2016-07-14', '2016-07-14', 'https://cdn.myanimelist.net/images/anime/1752/24507l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'movie', 'white', '森カーニバル', 'day', 'day');
INSERT INTO public.anime VALUES (10, 24, 'مغامرات القمر', 'مغامرات القمر', 'After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts.

In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow. The crew of a salvage ship drifts between colonies, taking any job that pays for the next day''s air. What begins as a bet among classmates soon becomes the strangest film that the club has ever made. After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. In a town where the trains stopped running years ago, a quiet student finds a ticket dated tomorrow.

After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. It is an ordinary year, apart from the dragon that moved in next door. As the tournament draws near, old promises between the team''s members come to light. "Everything that is lost ends up here," says the librarian, and hands over a key. Nobody believes the lighthouse keeper''s daughter when she says that the sea has begun to sing.

[Written by MAL Rewrite]', 12, 'finished_airing', 8.34, 1889, 9261, '2007-09-07', '2007-12-28', 'https://api-cdn.myanimelist.net/images/anime/176/145780l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'tv', 'white', 'エンジン月', 'day', 'day');
INSERT INTO public.anime VALUES (11, 26, 'Café Noël: Crème Brûlée', 'Café Noël: Crème Brûlée', 'Every night at 3:33 the school''s clock runs backwards, and one classroom is never where it was. With debts mounting, the agency accepts a case that the police closed twenty years before. It is an ordinary year, apart from the dragon that moved in next door. "Everything that is lost ends up here," says the librarian, and hands over a key. He has three wishes, two friends, and only one day left before the world is put back as it was. With debts mounting, the agency accepts a case that the police closed twenty years before.

A retired witch opens a small restaurant at the edge of the forest; her guests are seldom human.

[Written by MAL Rewrite]', 1, 'finished_airing', 5.18, 11718, 13174, '1985-02-27', '1985-02-27', 'https://api-cdn.myanimelist.net/images/anime/1929/13680l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'movie', 'white', '伝説エンジン学園', 'day', 'day');
INSERT INTO public.anime VALUES (12, 27, 'Café Noël: Crème', NULL, '"Everything that is lost ends up here," says the librarian, and hands over a key. As the tournament draws near, old promises between the team''s members come to light. After an accident during the summer festival, two rivals wake up able to hear each other''s thoughts. But the machine that was built to end the war has decided to learn the piano instead.

But the machine that was built to end the war has decided to learn the piano instead.

[Written by MAL Rewrite]', 1, 'finished_airing', 8.45, 4680, 15510, '2025-08-13', '2025-08-13', 'https://cdn.myanimelist.net/images/anime/452/13886l.jpg', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', 'movie', 'white', '黒い探偵森', 'day', 'day');


--
-- Data for Name: sync_changes; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sync_changes VALUES (1, 1, 1, 4, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": 9, "status": "completed", "episodes_watched": 12}', '{"score": 9, "status": "completed", "episodes_watched": 12}', false, 'mal');
INSERT INTO public.sync_changes VALUES (2, 1, 1, 6, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', false, 'mal');
INSERT INTO public.sync_changes VALUES (3, 1, 1, 8, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', false, 'mal');
INSERT INTO public.sync_changes VALUES (4, 1, 1, 10, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": 8, "status": "watching", "episodes_watched": 3}', '{"score": 8, "status": "watching", "episodes_watched": 3}', false, 'mal');
INSERT INTO public.sync_changes VALUES (5, 1, 1, 13, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', false, 'mal');
INSERT INTO public.sync_changes VALUES (6, 1, 1, 15, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": null, "status": "completed", "episodes_watched": 1}', '{"score": null, "status": "completed", "episodes_watched": 1}', false, 'mal');
INSERT INTO public.sync_changes VALUES (7, 1, 1, 18, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', false, 'mal');
INSERT INTO public.sync_changes VALUES (8, 1, 1, 19, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": 2, "status": "completed", "episodes_watched": 8}', '{"score": 2, "status": "completed", "episodes_watched": 8}', false, 'mal');
INSERT INTO public.sync_changes VALUES (9, 1, 1, 21, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": 9, "status": "completed", "episodes_watched": 1}', '{"score": 9, "status": "completed", "episodes_watched": 1}', false, 'mal');
INSERT INTO public.sync_changes VALUES (10, 1, 1, 24, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": 7, "status": "completed", "episodes_watched": 12}', '{"score": 7, "status": "completed", "episodes_watched": 12}', false, 'mal');
INSERT INTO public.sync_changes VALUES (11, 1, 1, 26, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', '{"score": null, "status": "plan_to_watch", "episodes_watched": 0}', false, 'mal');
INSERT INTO public.sync_changes VALUES (12, 1, 1, 27, '2026-11-24 17:08:14.471182', 'entry', NULL, '{"score": null, "status": "completed", "episodes_watched": 1}', '{"score": null, "status": "completed", "episodes_watched": 1}', false, 'mal');
INSERT INTO public.sync_changes VALUES (13, 2, 1, 4, '2026-11-24 17:08:15.288094', 'score', '3', '9', '9', true, 'mal_if_scored');
INSERT INTO public.sync_changes VALUES (14, 2, 1, 4, '2026-11-24 17:08:15.288094', 'episodes_watched', '1', '12', '12', true, 'higher');
INSERT INTO public.sync_changes VALUES (15, 2, 1, 6, '2026-11-24 17:08:15.288094', 'status', '"dropped"', '"plan_to_watch"', '"plan_to_watch"', true, 'mal');
INSERT INTO public.sync_changes VALUES (16, 2, 1, 8, '2026-11-24 17:08:15.288094', 'finish_date', NULL, '"2020"', '"2020"', false, 'mal_if_set');
INSERT INTO public.sync_changes VALUES (17, 2, 1, 8, '2026-11-24 17:08:15.288094', 'notes', NULL, '"x &amp; y"', '"x &amp; y"', false, 'local_if_own');
INSERT INTO public.sync_changes VALUES (18, 2, 1, 8, '2026-11-24 17:08:15.288094', 'times_rewatched', '0', '3', '3', false, 'mal');
INSERT INTO public.sync_changes VALUES (19, 2, 1, 8, '2026-11-24 17:08:15.288094', 'rewatch_value', '0', '4', '4', false, 'mal');
INSERT INTO public.sync_changes VALUES (20, 2, 1, 8, '2026-11-24 17:08:15.288094', 'priority', '0', '2', '2', false, 'mal');
INSERT INTO public.sync_changes VALUES (21, 2, 1, 8, '2026-11-24 17:08:15.288094', 'tags', '[]', '["a", "ü"]', '["a", "ü"]', false, 'mal');
INSERT INTO public.sync_changes VALUES (22, 2, 1, 13, '2026-11-24 17:08:15.361888', 'removed_at', NULL, NULL, '"2026-11-24T17:08:15.361888Z"', false, 'mal');


--
-- Data for Name: sync_runs; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.sync_runs VALUES (1, DEFAULT, 1, 'alice', 'full', false, false, 'SUCCESS', '2026-11-24 17:08:14.339536', '2026-11-24 17:08:14.541689', 0.215, 12, 12, 0, 0, 12, 0, 0, 0, 0, 2, 0, 0, 0, '[]');
INSERT INTO public.sync_runs VALUES (2, DEFAULT, 1, 'alice', 'full', true, false, 'PARTIAL', '2026-11-24 17:08:15.136115', '2026-11-24 17:08:15.369916', 0.284, 11, 0, 0, 10, 0, 3, 7, 1, 3, 2, 0, 0, 0, '[{"kind": "invalid", "title": "-Zero Minus-", "mal_id": 10, "message": "score is 11, not within 0 to 10"}]');
INSERT INTO public.sync_runs VALUES (3, DEFAULT, 1, 'alice', 'incremental', false, false, 'PARTIAL', '2026-11-24 17:08:15.630899', '2026-11-24 17:08:15.930839', 0.323, 11, 0, 0, 10, 0, 0, 10, 0, 0, 2, 0, 0, 0, '[{"kind": "invalid", "title": "-Zero Minus-", "mal_id": 10, "message": "score is 11, not within 0 to 10"}]');


--
-- Data for Name: user_anime_lists; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.user_anime_lists VALUES (4, 1, 4, 'watching', 8, 3, '2014-09-27', NULL, NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 0, '[]', 'day', NULL, '{"tags": [], "score": 8, "status": "watching", "comments": "", "priority": 0, "start_date": "2014-09-27", "updated_at": "2025-08-08T18:35:54+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 3}', '2025-08-08 18:35:54', NULL);
INSERT INTO public.user_anime_lists VALUES (6, 1, 6, 'completed', NULL, 1, NULL, NULL, NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 0, '[]', NULL, NULL, '{"tags": [], "score": 0, "status": "completed", "comments": "", "priority": 0, "updated_at": "2023-06-07T22:45:53+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 1}', '2023-06-07 22:45:53', NULL);
INSERT INTO public.user_anime_lists VALUES (7, 1, 7, 'plan_to_watch', NULL, 0, NULL, NULL, '100% / 10', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 0, '[]', NULL, NULL, '{"tags": [], "score": 0, "status": "plan_to_watch", "comments": "100% / 10", "priority": 0, "updated_at": "2020-04-28T05:23:59+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 0}', '2020-04-28 05:23:59', NULL);
INSERT INTO public.user_anime_lists VALUES (8, 1, 8, 'completed', 2, 8, NULL, NULL, NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 0, '["音楽"]', NULL, NULL, '{"tags": ["音楽"], "score": 2, "status": "completed", "comments": "", "priority": 0, "updated_at": "2021-04-19T01:30:27+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 8}', '2021-04-19 01:30:27', NULL);
INSERT INTO public.user_anime_lists VALUES (9, 1, 9, 'completed', 9, 1, '2024-06-19', '2024-07-19', NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 1, '[]', 'day', 'day', '{"tags": [], "score": 9, "status": "completed", "comments": "", "priority": 1, "start_date": "2024-06-19", "updated_at": "2022-09-24T09:18:41+00:00", "finish_date": "2024-07-19", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 1}', '2022-09-24 09:18:41', NULL);
INSERT INTO public.user_anime_lists VALUES (10, 1, 10, 'completed', 7, 12, '2013-07-28', '2013-08-28', 'Rewatch before the film.', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 0, '["a/b", "favourite"]', 'day', 'day', '{"tags": ["a/b", "favourite"], "score": 7, "status": "completed", "comments": "Rewatch before the film.", "priority": 0, "start_date": "2013-07-28", "updated_at": "2023-04-25T01:33:02+00:00", "finish_date": "2013-08-28", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 12}', '2023-04-25 01:33:02', NULL);
INSERT INTO public.user_anime_lists VALUES (11, 1, 11, 'plan_to_watch', NULL, 0, NULL, NULL, NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 1, '["音楽", "c&c"]', NULL, NULL, '{"tags": ["音楽", "c&c"], "score": 0, "status": "plan_to_watch", "comments": "", "priority": 1, "updated_at": "2022-10-07T22:53:55+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 0}', '2022-10-07 22:53:55', NULL);
INSERT INTO public.user_anime_lists VALUES (12, 1, 12, 'completed', NULL, 1, NULL, NULL, NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:14.471182', false, 0, 0, 0, '[]', NULL, NULL, '{"tags": [], "score": 0, "status": "completed", "comments": "", "priority": 0, "updated_at": "2023-07-14T14:15:46+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 1}', '2023-07-14 14:15:46', NULL);
INSERT INTO public.user_anime_lists VALUES (3, 1, 3, 'plan_to_watch', NULL, 0, NULL, '2020-01-01', 'x &amp; y', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:15.288094', false, 3, 4, 2, '["a", "ü"]', NULL, 'year', '{"tags": ["a", "ü"], "score": 0, "status": "plan_to_watch", "comments": "x &amp;amp; y", "priority": 2, "updated_at": "2020-02-18T18:44:15+00:00", "finish_date": "2020", "is_rewatching": false, "rewatch_value": 4, "num_times_rewatched": 3, "num_episodes_watched": 0}', '2020-02-18 18:44:15', NULL);
INSERT INTO public.user_anime_lists VALUES (1, 1, 1, 'completed', 9, 12, '2019-04-01', NULL, 'mine, with an ü and a ''quote''', '2026-11-24 17:08:14.471182', '2026-11-24 17:08:15.288094', false, 0, 0, 0, '[]', 'month', NULL, '{"tags": [], "score": 9, "status": "completed", "comments": "", "priority": 0, "updated_at": "2024-10-05T05:49:45+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 12}', '2024-10-05 05:49:45', NULL);
INSERT INTO public.user_anime_lists VALUES (2, 1, 2, 'plan_to_watch', NULL, 0, NULL, NULL, NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:15.288094', false, 0, 0, 0, '[]', NULL, NULL, '{"tags": [], "score": 0, "status": "plan_to_watch", "comments": "", "priority": 0, "updated_at": "2024-06-20T20:49:52+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 0}', '2024-06-20 20:49:52', NULL);
INSERT INTO public.user_anime_lists VALUES (5, 1, 5, 'plan_to_watch', NULL, 0, NULL, NULL, NULL, '2026-11-24 17:08:14.471182', '2026-11-24 17:08:15.361888', false, 0, 0, 0, '[]', NULL, NULL, '{"tags": [], "score": 0, "status": "plan_to_watch", "comments": "", "priority": 0, "updated_at": "2024-04-11T23:48:17+00:00", "is_rewatching": false, "rewatch_value": 0, "num_times_rewatched": 0, "num_episodes_watched": 0}', '2024-04-11 23:48:17', '2026-11-24 17:08:15.361888');


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: -
--

INSERT INTO public.users VALUES (1, 'alice', NULL, 'malsync1.0ff1972a.Dca8Ni0QE5pXnA74b9hfaOFHCu0SAOqwNCdALJmhSZjuDibyN6BgcYCC3uZsj0ePOOB3F9qMGmQuykusEeUON45hzxCwzlka1APsU3V8cspq3nRMyi42Ufw6WflUq4HXaQkaRVm62CnGrH6HN6ol7BsUwxGuE8NaE-TGreJuZIsKaC6BxmdLSlaYCmcegCSp6TnwhLjP6r5CReMLg9LaSx18jELEHuvZts_H-XPsFAlnFWE872w2lLOHKJx-pAVF5S2NYgnjp6rVOfQjCd0qoWuE5NyEX3DyJweu1FPgZo66Orb4obw2VzdT0tpVFovNm1pXm2Yk876cCKcXvrRZ33crOj-4hdpe7v9b2rbGs8g2LpGAogsoKhVxeu8-23RK9Ji5Np3DNm_aBs39FPxgxOnGdT2S_vFLLEc6af6crjOkNP32k_-AH5B95tPFqfcWc_VjfRCiwMLbt1GIH3OWouQylGE7CvnGcw-d2zAeXSBydXFD6iVm-D4kVy5wiWxdVbSoF-cw3Oa6Pfe70QMCwZsRTfNE_SSuxYKNdMG76iuC4MT57KDK0xUK-7gqFB6fy01lIg6H6uwt_gI9UapxvbXA2NtP27X6ch58mm5d1ZMdphlHfijMY0doOx9-sin3oWjVH5rfSjQWeooLHrLibsV6_3T0YL9tioq09tzIYpFyk5zxuwcsCmq-TuNjXNo5OYLYnQPJRP4LdqU0ybRkrLa9I0OMBVs0pnQS_82mhLL_uqqnOZ4xlvj-wM5K5z8-8_9iZlRzPU3TcfjSwNV3SYQIQ5my7yRGn8TBtOn2XQdlrJFoCHGJjzn6Bd9P7Mb0ElyxpULph-q7e_7xvGIpq-0C7ZCM0JRbYFp04bidQisKKQAx9KUFVgbomsIbFHnATRORaRAh19EzI4OIh6OTymDOE8qgj9SOororMmAyNdtCZw0nT8zOdxYry5dQKIZsV5jEX_KvjLW_Ch-Y1cLU5c3vk6MYvGaP39Mkq0ltwVqwt_uKv3Hc8uzhLOS7WadKPhiPHkKPp2SPU1cIlT3Jrkgum-mJlCgWU0bJ1f9pom2CwbOLavm_L00vMJAz70zlQe0meq0HMJPmE0MqkqYum5bGaHHNjvMdrE7Hi0ndPWj4b622r0RH9LLqoGzIOfwY3ZfBpCBQQllV9SNIwR_ohIWNeoBuzmGcVECOJfkgKP7VUNjfP_2x7zEoZl_1JCP5gGBAUCehjZt_D3bj4a6TlAuwV_q3xy5LtjLvrqmT-rFWaJMFK6KNG7bxq_BfH7K1SA6n_Qi_bKf1bob9mXbq2M-WXW1YnbvjuI08VVtl6sFPG5KjgD6uI0jYLqeQGCm9JY2ljrWB2N4eCunGIQ2ELnwglY5fLOSzDodSjW-Km8qsilat6XYwvZq2G2mU2_B-527aIINCZounOE-Jq-HZsPRFTBceCr8APQJmLSX9BeeYyShWJpVsuzmvakdaWwXaQnMTR-pced5aXM8TWuI26cti78VNAqPgz0l2wGsUepxdYSLySQz3UgjmlTCfbAXiiEIUj28PmPo', 'malsync1.0ff1972a.sQ2v1rIUWKVSgRixvCcdb8zvhkViq6XReK00Y0FNovjRSX5sXCbzh1e7mGs-7JGehmHxGacizA21IG7tsycO4U-oGLRpIfKlpH5c0FkBB24r5uDxqiOs8Yls7NKu5ZVbuABOQXipcgWWvdBd9RECREQf4SkZPPq2OmOmXQwK5TNAyauxoO58y3WXBMVcy1xb6o1p89I7cWk9yICOo6Hw2Ag4fmqt-aaly6aCqddkVD9Q7E-l7m2kgOq5RvhP0MHQYISKitD1bpW2Yc3VqE6zQ_g5N3RRk2tGmVq7EIl0AmbqB5AM07_ERDtKYDMHAjTp3PGgOOI3ukEEK_PvziCF9e7HVlc40VxTeTwbmEd144b9aDsodxeZyQLdfYn5QntQ7BHmT0h-aX_xbFkNKG6B1xu_nWq5kwIxU_pJHfStI3a4Xz7VJrsFJSz3i-iKmR9EP8ALGimYz6Ovw-xYDUJ2P-an6xDcJlFckTylrPP87G6klUWjs4gbyUBc04D-yuonwroJ_Pj5g4l3zAhv64xBHeRKOsoC7O9TpeWUsV-cKVLR41UEBXtwJnTTxLCLjspwTpaIaXHznWVIjGw-L_hpUsD9DdhJxP5uiTfNY3FMh5sh4wr5r-Qxyau84tDlw4OnHKEN-hnnBu_Vok-ZnO6Hfg4koeeqi51MHSGovGSv6xFmItRMToexx6lRdZNG9qhVQ3cIBBB8VASpLr6QJ409MdAziiY-nx3eXqm_-gySbbEe4vOMX5BTXEB8W3g9LTRL-0LStAMHe4U6KIMrVver92jShqW8TmuAYXSmOvf453scqsk-iGvb293kO6GqApxsyzDk55OKwmqMYdNyzp-Ndkx1yXEH6TyjCFJNqkCb5QJWoSQf2qMUeiTz7RH1ZkRMLm8B8n3--CRFR1vVoCUG_-Eq2Cs5TsG1Mvy1zVzPRLHoJJAMPNpNgfU87QOKTJDcHosKBxHPmw79id3vj-qsRvfLLRvh4Oxn6KcaHs49biYUFL7H71kPxBZ5jY-SnWSFG7shZquBDsN5PIqsq6x1vxabMoxWD-aI0Lh3rPUWLFwg3rnJH3AtNev-mn9HJZfaAvipraxI3zXImrvWwvUTZYELDY0yPsvR5tK4oXGqUfYIUA3g7uIrePGEFw9zLTNUxyTEBoAqKT8NbyE2Zibg9p88KGJpDL4x_jpZZQAncOgUuu7m-D0SMMG3PBm1NYrYaLxd3WcOfmQx-5-pAW7j799hs9C7FUi-BdLAbo5k35FxImERJpDKhI3AionsS2veLFgZCIWaybRMBYG-hIeGZ_AZPzYRb0ncdFaGhEf2AKG8Fx4az7Fp5vzHHniO1g', '2999-01-01 00:00:00', '2026-11-24 17:08:15.930839', '2026-11-24 17:08:14.113727', '2026-11-24 17:08:15.930839', 2326643, '00112233445566778899aabbccddeeff', '2026-11-24 17:08:14', 1, false, '2026-11-24 17:08:14.113727', '2024-10-05 05:49:45', 0, '2026-11-24 17:08:15.369916');


--
-- Name: anime_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.anime_id_seq', 12, true);


--
-- Name: sync_changes_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sync_changes_id_seq', 22, true);


--
-- Name: sync_runs_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.sync_runs_id_seq', 3, true);


--
-- Name: user_anime_lists_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.user_anime_lists_id_seq', 12, true);


--
-- Name: users_id_seq; Type: SEQUENCE SET; Schema: public; Owner: -
--

SELECT pg_catalog.setval('public.users_id_seq', 1, true);


--
-- Name: _sqlx_migrations _sqlx_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);


--
-- Name: anime anime_mal_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.anime
    ADD CONSTRAINT anime_mal_id_key UNIQUE (mal_id);


--
-- Name: anime anime_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.anime
    ADD CONSTRAINT anime_pkey PRIMARY KEY (id);


--
-- Name: sync_changes sync_changes_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_changes
    ADD CONSTRAINT sync_changes_pkey PRIMARY KEY (id);


--
-- Name: sync_runs sync_runs_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_runs
    ADD CONSTRAINT sync_runs_pkey PRIMARY KEY (id);


--
-- Name: user_anime_lists user_anime_lists_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_anime_lists
    ADD CONSTRAINT user_anime_lists_pkey PRIMARY KEY (id);


--
-- Name: user_anime_lists user_anime_lists_user_id_anime_id_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_anime_lists
    ADD CONSTRAINT user_anime_lists_user_id_anime_id_key UNIQUE (user_id, anime_id);


--
-- Name: users users_email_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: users users_username_key; Type: CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_username_key UNIQUE (username);


--
-- Name: sync_changes_by_anime; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sync_changes_by_anime ON public.sync_changes USING btree (user_id, mal_id, id);


--
-- Name: sync_changes_by_run; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sync_changes_by_run ON public.sync_changes USING btree (run_id, id);


--
-- Name: sync_runs_by_user; Type: INDEX; Schema: public; Owner: -
--

CREATE INDEX sync_runs_by_user ON public.sync_runs USING btree (user_id, id);


--
-- Name: sync_changes sync_changes_run_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_changes
    ADD CONSTRAINT sync_changes_run_id_fkey FOREIGN KEY (run_id) REFERENCES public.sync_runs(id) ON DELETE CASCADE;


--
-- Name: sync_changes sync_changes_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_changes
    ADD CONSTRAINT sync_changes_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: sync_runs sync_runs_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.sync_runs
    ADD CONSTRAINT sync_runs_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- Name: user_anime_lists user_anime_lists_anime_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_anime_lists
    ADD CONSTRAINT user_anime_lists_anime_id_fkey FOREIGN KEY (anime_id) REFERENCES public.anime(id) ON DELETE CASCADE;


--
-- Name: user_anime_lists user_anime_lists_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -
--

ALTER TABLE ONLY public.user_anime_lists
    ADD CONSTRAINT user_anime_lists_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;


--
-- PostgreSQL database dump complete
--


