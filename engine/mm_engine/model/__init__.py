"""What a schema is: values that describe a database, independent of any."""
