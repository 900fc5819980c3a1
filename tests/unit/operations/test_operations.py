"""Every operation: what it does, what undoes it, and what it says of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

import attrs
import pytest

import mm_engine as mm
from mm_engine.errors import IrreversibleError, StateError
from mm_engine.operations import Operation
from mm_engine.operations.data import Row

USERS = mm.Table(
    "users",
    [
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("email", mm.Varchar(255), nullable=False),
        mm.Field("age", mm.Integer()),
        mm.Field("mood", mm.EnumOf("mood"), default=mm.Literal("sad")),
    ],
    primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
    indexes=[mm.Index(["age"], name="idx_users_age", where="age > 0")],
    uniques=[mm.Unique(["email"], name="uq_users_email")],
    checks=[mm.Check("age >= 0", name="ck_users_age")],
)
FK = mm.ForeignKey(["user_id"], "users", references=["id"], name="fk_posts_user_id")
POSTS = mm.Table(
    "posts",
    [
        mm.Field("id", mm.Integer(), nullable=False),
        mm.Field("title", mm.Varchar(200), nullable=False),
        mm.Field("user_id", mm.Integer()),
    ],
    primary_key=mm.PrimaryKey(["id"], name="posts_pkey"),
    foreign_keys=[FK],
)
MOOD = mm.Enum("mood", ["sad", "ok", "happy"])
BEFORE = attrs.evolve(
    mm.Schema.of(USERS, POSTS),
    enums={"mood": MOOD, "unused": mm.Enum("unused", ["a"])},
    defaults={"sqlite": {"now": "CURRENT_TIMESTAMP"}},
)

Look = Callable[[mm.Schema], object]


def calm(_: object, __: mm.Schema) -> None:
    """A change of the user's own."""


def stir(_: object, __: mm.Schema) -> None:
    """Its undoing."""


@attrs.frozen
class Case:
    """An operation, where its effect is seen, and everything it says."""

    operation: Operation
    look: Look
    effect: object
    undone: tuple[Operation, ...]
    says: str
    slug: str
    subject: tuple[str | None, str | None]
    loses: str | None = None


def names(parts: tuple[mm.Index | mm.Unique | mm.Check | mm.ForeignKey, ...]) -> object:
    return [part.name for part in parts]


def names_of(table: str, kind: str) -> Look:
    return lambda schema: names(getattr(schema.table(table), kind))


TAGS = mm.Table("tags", [mm.Field("name", mm.Text())])
BY_TITLE = mm.Index(["title"], name="idx_posts_title")
PAIR = mm.Unique(["title", "user_id"], name="uq_posts_title")
SHORT = mm.Check("length(title) < 9", name="ck_posts_title")
SLUG = mm.Field("slug", mm.Varchar(20), nullable=False)
LONG = mm.Field("title", mm.Text(), nullable=False)
BRIEF = mm.Field("title", mm.Varchar(10), nullable=False)
OF_ADULTS = mm.Index(["age", "id"], name="idx_users_age", where="age > 17")
TOGETHER = mm.Unique(["email", "age"], name="uq_users_email")
ADULT = mm.Check("age > 17", name="ck_users_age")
CLEARED = attrs.evolve(FK, on_delete="SET NULL", deferrable="deferred")
ROWS: tuple[Row, ...] = ({"id": 1, "title": "One"}, {"id": 2, "title": "Two"})

CASES = (
    Case(
        mm.CreateTable.of(TAGS),
        lambda s: s.tables.get("tags"),
        TAGS,
        (mm.DropTable("tags"),),
        "create table tags",
        "create_tags",
        ("tags", "tags"),
    ),
    Case(
        mm.DropTable("posts"),
        lambda s: list(s.tables),
        ["users"],
        (mm.CreateTable.of(POSTS),),
        "drop table posts",
        "drop_posts",
        ("posts", "posts"),
        "every row of posts",
    ),
    Case(
        mm.RenameTable("users", "people"),
        lambda s: (list(s.tables), s.table("posts").foreign_keys[0].table),
        (["people", "posts"], "people"),
        (mm.RenameTable("people", "users"),),
        "rename table users to people",
        "rename_users_to_people",
        ("users", "people"),
    ),
    Case(
        mm.AddField("posts", SLUG, one_off=mm.Literal("-")),
        lambda s: s.table("posts").fields[-1],
        SLUG,
        (mm.DropField("posts", "slug"),),
        "add posts.slug",
        "add_posts_slug",
        ("posts", "slug"),
    ),
    Case(
        mm.DropField("posts", "title"),
        lambda s: s.table("posts").has_field("title"),
        False,
        (mm.AddField("posts", POSTS.field("title"), one_off=mm.Literal("")),),
        "drop posts.title",
        "drop_posts_title",
        ("posts", "title"),
        "what posts.title holds",
    ),
    Case(
        mm.AlterField("posts", LONG, convert={"sqlite": ("up(title)", "down(title)")}),
        lambda s: s.table("posts").field("title"),
        LONG,
        (
            mm.AlterField(
                "posts",
                POSTS.field("title"),
                convert={"sqlite": ("down(title)", "up(title)")},
            ),
        ),
        "alter posts.title",
        "alter_posts_title",
        ("posts", "title"),
    ),
    Case(
        mm.AlterField("posts", BRIEF),
        lambda s: s.table("posts").field("title"),
        BRIEF,
        (mm.AlterField("posts", POSTS.field("title")),),
        "alter posts.title",
        "alter_posts_title",
        ("posts", "title"),
        "values of posts.title that do not fit varchar",
    ),
    Case(
        mm.RenameField("users", "age", new="years"),
        lambda s: (
            s.table("users").indexes[0].fields,
            s.table("users").indexes[0].where,
            s.table("users").checks[0].expression,
        ),
        (("years",), "years > 0", "years >= 0"),
        (mm.RenameField("users", "years", new="age"),),
        "rename users.age to years",
        "rename_users_age_to_years",
        ("users", "age"),
    ),
    Case(
        mm.RenameField("users", "id", new="key"),
        lambda s: (
            s.table("users").primary_key,
            s.table("posts").foreign_keys[0].references,
        ),
        (mm.PrimaryKey(["key"], name="users_pkey"), ("key",)),
        (mm.RenameField("users", "key", new="id"),),
        "rename users.id to key",
        "rename_users_id_to_key",
        ("users", "id"),
    ),
    Case(
        mm.AddIndex("posts", BY_TITLE),
        lambda s: s.table("posts").indexes,
        (BY_TITLE,),
        (mm.DropIndex("posts", "idx_posts_title"),),
        "add index idx_posts_title to posts",
        "add_idx_posts_title",
        ("posts", "idx_posts_title"),
    ),
    Case(
        mm.AddIndex("posts", attrs.evolve(BY_TITLE, unique=True)),
        lambda s: s.table("posts").indexes[0].unique,
        True,
        (mm.DropIndex("posts", "idx_posts_title"),),
        "add unique index idx_posts_title to posts",
        "add_idx_posts_title",
        ("posts", "idx_posts_title"),
    ),
    Case(
        mm.AlterIndex("users", OF_ADULTS),
        lambda s: s.table("users").indexes,
        (OF_ADULTS,),
        (mm.AlterIndex("users", USERS.indexes[0]),),
        "alter index idx_users_age of users",
        "alter_idx_users_age",
        ("users", "idx_users_age"),
    ),
    Case(
        mm.DropIndex("users", "idx_users_age"),
        lambda s: s.table("users").indexes,
        (),
        (mm.AddIndex("users", USERS.indexes[0]),),
        "drop index idx_users_age of users",
        "drop_idx_users_age",
        ("users", "idx_users_age"),
    ),
    Case(
        mm.RenameIndex("users", "idx_users_age", new="by_age"),
        lambda s: names(s.table("users").indexes),
        ["by_age"],
        (mm.RenameIndex("users", "by_age", new="idx_users_age"),),
        "rename index idx_users_age of users to by_age",
        "rename_idx_users_age_to_by_age",
        ("users", "idx_users_age"),
    ),
    Case(
        mm.AlterPrimaryKey("posts", mm.PrimaryKey(["id", "user_id"], name="pk")),
        lambda s: s.table("posts").primary_key,
        mm.PrimaryKey(["id", "user_id"], name="pk"),
        (mm.AlterPrimaryKey("posts", POSTS.primary_key),),
        "make id, user_id the primary key of posts",
        "alter_posts_primary_key",
        ("posts", "pk"),
    ),
    Case(
        mm.AlterPrimaryKey("posts", None),
        lambda s: s.table("posts").primary_key,
        None,
        (mm.AlterPrimaryKey("posts", POSTS.primary_key),),
        "drop the primary key of posts",
        "alter_posts_primary_key",
        ("posts", None),
    ),
    Case(
        mm.AddForeignKey("posts", attrs.evolve(FK, name="fk_2", on_delete="CASCADE")),
        lambda s: names(s.table("posts").foreign_keys),
        ["fk_posts_user_id", "fk_2"],
        (mm.DropForeignKey("posts", "fk_2"),),
        "add foreign key fk_2 to posts",
        "add_fk_2",
        ("posts", "fk_2"),
    ),
    Case(
        mm.AlterForeignKey("posts", CLEARED),
        lambda s: s.table("posts").foreign_keys,
        (CLEARED,),
        (mm.AlterForeignKey("posts", FK),),
        "alter foreign key fk_posts_user_id of posts",
        "alter_fk_posts_user_id",
        ("posts", "fk_posts_user_id"),
    ),
    Case(
        mm.DropForeignKey("posts", "fk_posts_user_id"),
        lambda s: s.table("posts").foreign_keys,
        (),
        (mm.AddForeignKey("posts", FK),),
        "drop foreign key fk_posts_user_id of posts",
        "drop_fk_posts_user_id",
        ("posts", "fk_posts_user_id"),
    ),
    Case(
        mm.AddUnique("posts", PAIR),
        lambda s: s.table("posts").uniques,
        (PAIR,),
        (mm.DropUnique("posts", "uq_posts_title"),),
        "add unique constraint uq_posts_title to posts",
        "add_uq_posts_title",
        ("posts", "uq_posts_title"),
    ),
    Case(
        mm.AlterUnique("users", TOGETHER),
        lambda s: s.table("users").uniques,
        (TOGETHER,),
        (mm.AlterUnique("users", USERS.uniques[0]),),
        "alter unique constraint uq_users_email of users",
        "alter_uq_users_email",
        ("users", "uq_users_email"),
    ),
    Case(
        mm.DropUnique("users", "uq_users_email"),
        lambda s: s.table("users").uniques,
        (),
        (mm.AddUnique("users", USERS.uniques[0]),),
        "drop unique constraint uq_users_email of users",
        "drop_uq_users_email",
        ("users", "uq_users_email"),
    ),
    Case(
        mm.AddCheck("posts", SHORT),
        lambda s: s.table("posts").checks,
        (SHORT,),
        (mm.DropCheck("posts", "ck_posts_title"),),
        "add check ck_posts_title to posts",
        "add_ck_posts_title",
        ("posts", "ck_posts_title"),
    ),
    Case(
        mm.AlterCheck("users", ADULT),
        lambda s: s.table("users").checks,
        (ADULT,),
        (mm.AlterCheck("users", USERS.checks[0]),),
        "alter check ck_users_age of users",
        "alter_ck_users_age",
        ("users", "ck_users_age"),
    ),
    Case(
        mm.DropCheck("users", "ck_users_age"),
        lambda s: s.table("users").checks,
        (),
        (mm.AddCheck("users", USERS.checks[0]),),
        "drop check ck_users_age of users",
        "drop_ck_users_age",
        ("users", "ck_users_age"),
    ),
    *(
        Case(
            mm.RenameConstraint(table, old, new="called_so"),
            names_of(table, kind),
            ["called_so"],
            (mm.RenameConstraint(table, "called_so", new=old),),
            f"rename constraint {old} of {table} to called_so",
            f"rename_{old}_to_called_so",
            (table, old),
        )
        for table, old, kind in (
            ("users", "uq_users_email", "uniques"),
            ("users", "ck_users_age", "checks"),
            ("posts", "fk_posts_user_id", "foreign_keys"),
        )
    ),
    Case(
        mm.CreateEnum(mm.Enum("size", ["s", "m"])),
        lambda s: s.enums.get("size"),
        mm.Enum("size", ["s", "m"]),
        (mm.DropEnum("size"),),
        "create enum size",
        "create_size",
        (None, "size"),
    ),
    Case(
        mm.DropEnum("unused"),
        lambda s: list(s.enums),
        ["mood"],
        (mm.CreateEnum(mm.Enum("unused", ["a"])),),
        "drop enum unused",
        "drop_unused",
        (None, "unused"),
    ),
    Case(
        mm.RenameEnum("mood", "temper"),
        lambda s: (list(s.enums), s.table("users").field("mood").type),
        (["temper", "unused"], mm.EnumOf("temper")),
        (mm.RenameEnum("temper", "mood"),),
        "rename enum mood to temper",
        "rename_mood_to_temper",
        (None, "mood"),
    ),
    Case(
        mm.AlterEnum(mm.Enum("mood", ["sad", "ok"])),
        lambda s: s.enum("mood").values,
        ("sad", "ok"),
        (mm.AlterEnum(MOOD),),
        "alter enum mood",
        "alter_mood",
        (None, "mood"),
        "happy of enum mood",
    ),
    Case(
        mm.AlterEnum(mm.Enum("mood", ["low", "ok", "happy"]), renamed={"sad": "low"}),
        lambda s: s.table("users").field("mood").default,
        mm.Literal("low"),
        (mm.AlterEnum(MOOD, renamed={"low": "sad"}),),
        "alter enum mood",
        "alter_mood",
        (None, "mood"),
    ),
    Case(
        mm.AlterEnum(mm.Enum("mood", ["ok", "happy"]), replaced={"sad": "ok"}),
        lambda s: s.table("users").field("mood").default,
        mm.Literal("ok"),
        (mm.AlterEnum(MOOD), mm.AlterField("users", USERS.field("mood"))),
        "alter enum mood",
        "alter_mood",
        (None, "mood"),
        "sad of enum mood",
    ),
    Case(
        mm.SetDefaults({"sqlite": {"now": "1"}, "mysql": {}}),
        lambda s: s.defaults,
        {"sqlite": {"now": "1"}},
        (mm.SetDefaults(BEFORE.defaults),),
        "set defaults",
        "set_defaults",
        (None, None),
    ),
    Case(
        mm.SetTypeMappings({"sqlite": {"uuid": "BLOB"}}),
        lambda s: s.type_mappings,
        {"sqlite": {"uuid": "BLOB"}},
        (mm.SetTypeMappings({}),),
        "set type mappings",
        "set_type_mappings",
        (None, None),
    ),
    Case(
        mm.SetTableComment("posts", "What people write."),
        lambda s: s.table("posts").comment,
        "What people write.",
        (mm.SetTableComment("posts", None),),
        "comment on table posts",
        "comment_on_posts",
        ("posts", "posts"),
    ),
    Case(
        mm.SetTableOptions("posts", {"mysql": {"engine": "InnoDB"}}),
        lambda s: s.table("posts").options,
        {"mysql": {"engine": "InnoDB"}},
        (mm.SetTableOptions("posts", {}),),
        "set options of table posts",
        "set_posts_options",
        ("posts", "posts"),
    ),
    Case(
        mm.RunSQL(
            "ALTER TABLE posts\n  ADD slug varchar(20)",
            "ALTER TABLE posts DROP slug",
            state_operations=[mm.AddField("posts", SLUG)],
        ),
        lambda s: s.table("posts").has_field("slug"),
        True,
        (
            mm.RunSQL(
                "ALTER TABLE posts DROP slug",
                "ALTER TABLE posts\n  ADD slug varchar(20)",
                state_operations=[mm.DropField("posts", "slug")],
            ),
        ),
        "run SQL: ALTER TABLE posts ADD slug varchar(20)",
        "run_sql",
        (None, None),
    ),
    Case(
        mm.RunPython(calm, stir, state_operations=[mm.RenameTable("posts", "notes")]),
        lambda s: list(s.tables),
        ["users", "notes"],
        (
            mm.RunPython(
                stir, calm, state_operations=[mm.RenameTable("notes", "posts")]
            ),
        ),
        "run Python: calm",
        "run_calm",
        (None, None),
    ),
    Case(
        mm.UpsertData("posts", keys=["id"], rows=ROWS),
        lambda s: s,
        BEFORE,
        (mm.RestoreData("posts", keys=["id"], rows=ROWS),),
        "upsert 2 rows of posts",
        "upsert_posts",
        ("posts", "posts"),
    ),
    Case(
        mm.RestoreData("posts", keys=["id"], rows=ROWS[:1]),
        lambda s: s,
        BEFORE,
        (mm.UpsertData("posts", keys=["id"], rows=ROWS[:1]),),
        "restore 1 row of posts",
        "restore_posts",
        ("posts", "posts"),
    ),
)

each_case = pytest.mark.parametrize(
    "case", CASES, ids=[f"{n}-{case.slug}" for n, case in enumerate(CASES)]
)


def test_every_operation_has_a_case() -> None:
    covered = {type(case.operation) for case in CASES}
    assert covered == set(get_args(Operation))


@each_case
def test_an_operation_does_what_it_is_named_for(case: Case) -> None:
    assert case.look(case.operation.apply(BEFORE)) == case.effect


@each_case
def test_the_reverse_of_an_operation_is_known(case: Case) -> None:
    assert case.operation.reverse(BEFORE) == case.undone


@each_case
def test_the_reverse_restores_the_schema(case: Case) -> None:
    schema = case.operation.apply(BEFORE)
    for operation in case.undone:
        schema = operation.apply(schema)
    assert schema == BEFORE


@each_case
def test_the_reverse_keeps_the_flags_but_no_review(case: Case) -> None:
    flagged = attrs.evolve(
        case.operation, schema_only=True, if_present=True, review="look at it"
    )
    for operation in flagged.reverse(BEFORE):
        assert operation.schema_only
        assert operation.if_present
        assert operation.review is None


@each_case
def test_an_operation_describes_itself(case: Case) -> None:
    operation = case.operation
    assert operation.describe() == case.says
    assert operation.slug() == case.slug
    assert operation.subject() == case.subject


@each_case
def test_an_operation_says_what_goes_for_ever(case: Case) -> None:
    assert case.operation.loses(BEFORE) == case.loses


def test_sql_is_described_in_so_many_words() -> None:
    sql = mm.RunSQL({"sqlite": " ", "postgresql": "SELECT " + "x, " * 40})
    assert len(sql.describe()) < 75
    assert sql.describe().startswith("run SQL: SELECT x, x")


@pytest.mark.parametrize("operation", [mm.RunSQL("SELECT 1"), mm.RunPython(calm)])
def test_what_has_no_way_back_says_so(operation: Operation) -> None:
    with pytest.raises(IrreversibleError) as caught:
        operation.reverse(BEFORE)
    assert caught.value.hint is not None


REFUSED = (
    (mm.CreateTable.of(POSTS), 'there already is a table "posts"'),
    (mm.DropTable("users"), "is still referred to by posts.fk_posts_user_id"),
    (mm.DropTable("user"), 'did you mean "users"'),
    (mm.RenameTable("posts", "users"), 'there already is a table "users"'),
    (mm.RenameTable("post", "notes"), 'there is no table "post"'),
    (mm.AddField("posts", LONG), 'already has a field "title"'),
    (mm.DropField("posts", "body"), 'has no field "body"'),
    (mm.DropField("users", "age"), "used by index idx_users_age, check ck_users_age"),
    (mm.DropField("users", "email"), "used by unique constraint uq_users_email"),
    (mm.DropField("users", "id"), "is still referred to by posts.fk_posts_user_id"),
    (mm.DropField("posts", "id"), "used by the primary key"),
    (mm.DropField("posts", "user_id"), "used by foreign key fk_posts_user_id"),
    (mm.AlterField("posts", SLUG), 'has no field "slug"'),
    (mm.RenameField("posts", "title", new="id"), 'already has a field "id"'),
    (mm.AddIndex("users", USERS.indexes[0]), 'already has an index "idx_users_age"'),
    (mm.AddIndex("users", BY_TITLE), 'has no field "title"'),
    (mm.AlterIndex("users", BY_TITLE), 'has no index "idx_posts_title"'),
    (
        mm.AlterIndex("users", attrs.evolve(BY_TITLE, name="idx_users_age")),
        'has no field "title"',
    ),
    (mm.DropIndex("users", "idx"), 'has no index "idx"'),
    (mm.RenameIndex("users", "idx_users_age", new="idx_users_age"), "already has an"),
    (mm.AlterPrimaryKey("posts", mm.PrimaryKey(["key"])), 'has no field "key"'),
    (mm.AddForeignKey("posts", FK), 'already has a constraint "fk_posts_user_id"'),
    (
        mm.AddForeignKey("posts", attrs.evolve(FK, name="f", references=["key"])),
        'table "users" has no field "key"',
    ),
    (mm.AlterForeignKey("users", FK), 'has no foreign key "fk_posts_user_id"'),
    (
        mm.AlterForeignKey("posts", attrs.evolve(FK, references=["key"])),
        'table "users" has no field "key"',
    ),
    (mm.DropForeignKey("posts", "f"), 'has no foreign key "f"'),
    (mm.AddUnique("users", PAIR), 'has no field "title"'),
    (mm.AlterUnique("posts", PAIR), 'has no unique constraint "uq_posts_title"'),
    (
        mm.AlterUnique("users", attrs.evolve(PAIR, name="uq_users_email")),
        'has no field "title"',
    ),
    (mm.DropUnique("posts", "u"), 'has no unique constraint "u"'),
    (mm.AddCheck("users", USERS.checks[0]), 'already has a constraint "ck_users_age"'),
    (mm.AlterCheck("posts", SHORT), 'has no check "ck_posts_title"'),
    (mm.DropCheck("posts", "c"), 'has no check "c"'),
    (mm.RenameConstraint("posts", "c", new="d"), 'has no constraint "c"'),
    (
        mm.RenameConstraint("users", "ck_users_age", new="uq_users_email"),
        'already has a constraint "uq_users_email"',
    ),
    (mm.CreateEnum(MOOD), 'there already is an enum "mood"'),
    (mm.DropEnum("mood"), "is still used by users.mood"),
    (mm.RenameEnum("mood", "unused"), 'there already is an enum "unused"'),
    (mm.AlterEnum(mm.Enum("moods", ["a"])), 'did you mean "mood"'),
    (mm.AlterEnum(MOOD, renamed={"glad": "happy"}), '"glad" cannot become "happy"'),
    (mm.AlterEnum(MOOD, replaced={"sad": "low"}), '"sad" cannot become "low"'),
    (mm.SetTableComment("notes", "x"), 'there is no table "notes"'),
    (mm.SetTableOptions("notes", {}), 'there is no table "notes"'),
    (mm.UpsertData("posts", keys=["id"], rows=[{"body": 1}]), 'has no field "body"'),
    (mm.RestoreData("notes", keys=["id"], rows=[]), 'there is no table "notes"'),
)


@pytest.mark.parametrize(("operation", "said"), REFUSED)
def test_what_does_not_fit_the_schema_is_refused(
    operation: Operation, said: str
) -> None:
    with pytest.raises(StateError) as caught:
        operation.apply(BEFORE)
    assert said in str(caught.value)
