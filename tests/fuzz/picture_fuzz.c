/* Any bytes where a picture may stand: what is taken has a type and a size that fit. */
#include "picture/picture.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct picture_form form;
    struct err err;
    if (!picture_read((str){ (const char *)data, size }, &form, &err))
        return 0;
    if (!form.type || form.width < 1 || form.width > PICTURE_MAX_SIDE || form.height < 1
        || form.height > PICTURE_MAX_SIDE)
        abort();
    return 0;
}
