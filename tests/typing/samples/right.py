"""Create users and posts."""

import mm_engine as mm

migration = mm.Migration(
    name="0001_initial",
    dependencies=[],
    operations=[
        mm.SetDefaults({"sqlite": {"now": "CURRENT_TIMESTAMP"}}),
        mm.CreateEnum(mm.Enum("status", ["new", "paid"])),
        mm.CreateTable(
            "users",
            fields=[
                mm.Field("id", mm.Serial(), nullable=False),
                mm.Field("email", mm.Varchar(255), nullable=False),
                mm.Field("status", mm.EnumOf("status"), default=mm.Literal("new")),
                mm.Field("tags", mm.Array(mm.Text())),
                mm.Field("seen", mm.Timestamp(), default=mm.Symbol("now")),
                mm.Field(
                    "words",
                    mm.Native({"postgresql": "tsvector"}, otherwise=mm.Text()),
                ),
            ],
            primary_key=mm.PrimaryKey(["id"], name="users_pkey"),
            indexes=[
                mm.Index([mm.Expression("lower(email)"), mm.Desc("seen")], name="i"),
            ],
            uniques=[mm.Unique(["email"], name="uq_users_email")],
            checks=[mm.Check("email <> ''", name="ck_users_email")],
        ),
        mm.CreateTable(
            "posts",
            fields=[
                mm.Field("id", mm.BigSerial(), nullable=False),
                mm.Field("price", mm.Decimal(10, 2), default=mm.Literal("0")),
                mm.Field("user_id", mm.Integer()),
            ],
            primary_key=mm.PrimaryKey(["id"]),
            foreign_keys=[
                mm.ForeignKey(
                    ["user_id"], "users", references=["id"], on_delete="CASCADE"
                ),
            ],
        ),
        mm.AddField(
            "posts",
            mm.Field("title", mm.Varchar(200), nullable=False),
            one_off=mm.Literal(""),
        ),
        mm.AlterField(
            "posts",
            mm.Field("price", mm.Integer()),
            convert={"postgresql": ("price::integer", "price::numeric")},
            review="loses cents",
        ),
        mm.RenameField("posts", "title", new="headline", schema_only=True),
        mm.DropField("users", "seen", if_present=True),
        mm.RunSQL("UPDATE posts SET headline = trim(headline)", ""),
        mm.UpsertData("users", keys=["id"], rows=[{"id": 1, "email": "a@b.c"}]),
    ],
)
