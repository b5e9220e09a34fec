/* The formats of the draft. An unknown one says nothing. */
#include "check.h"

static const struct format formats[] = {
    { STR_INIT("date"), schema_format_is_date, "a date such as 2026-11-22" },
    { STR_INIT("time"), schema_format_is_time,
      "a time with its zone, such as 09:30:00Z" },
    { STR_INIT("date-time"), schema_format_is_date_time,
      "a date and time with its zone, such as 2026-11-22T09:30:00Z" },
    { STR_INIT("duration"), schema_format_is_duration, "a duration such as P1DT12H" },
    { STR_INIT("email"), schema_format_is_email,
      "a mail address such as li@example.com" },
    { STR_INIT("idn-email"), schema_format_is_idn_email,
      "a mail address such as li@example.com" },
    { STR_INIT("hostname"), schema_format_is_hostname,
      "a host name such as www.example.com" },
    { STR_INIT("idn-hostname"), schema_format_is_idn_hostname,
      "a host name such as www.example.com" },
    { STR_INIT("ipv4"), schema_format_is_ipv4, "an IPv4 address such as 192.0.2.1" },
    { STR_INIT("ipv6"), schema_format_is_ipv6, "an IPv6 address such as 2001:db8::1" },
    { STR_INIT("uri"), schema_format_is_uri, "a URI such as https://example.com/a" },
    { STR_INIT("uri-reference"), schema_format_is_uri_reference,
      "a URI or a part of one, such as ../a?b=c" },
    { STR_INIT("iri"), schema_format_is_iri, "an IRI such as https://example.com/a" },
    { STR_INIT("iri-reference"), schema_format_is_iri_reference,
      "an IRI or a part of one, such as ../a?b=c" },
    { STR_INIT("uri-template"), schema_format_is_uri_template,
      "a URI template such as /people/{id}" },
    { STR_INIT("uuid"), schema_format_is_uuid,
      "a UUID such as 2eb8aa08-aa98-11ea-b4aa-73b441d16380" },
    { STR_INIT("json-pointer"), schema_format_is_json_pointer,
      "a JSON pointer such as /people/0" },
    { STR_INIT("relative-json-pointer"), schema_format_is_relative_json_pointer,
      "a relative JSON pointer such as 1/name" },
    { STR_INIT("regex"), schema_pattern_is_sound,
      "a regular expression such as ^[a-z]+$" },
};

const struct format *schema_format_find(str name)
{
    for (size_t i = 0; i < COUNT_OF(formats); i++) {
        if (str_equal(name, formats[i].name))
            return &formats[i];
    }
    return NULL;
}
