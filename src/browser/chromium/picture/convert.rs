//! From the PNG that Chromium makes to the formats that it does not make. None of them is transparent here: what the
//! picture does not paint is white.

use std::io::Cursor;

use png::{ColorType, Decoder, Transformations};
use thiserror::Error;

use super::Format;

/// A quick choice of 256 colours, which looks at every tenth pixel; 1 looks at all, and takes ten times as long.
const GIF_SPEED: i32 = 10;

/// A BMP's first header, and the second, `BITMAPINFOHEADER`.
const BMP_HEADERS: u32 = 14 + 40;

/// Why a picture cannot be turned into another.
#[derive(Debug, Error)]
pub(in crate::browser::chromium) enum ConvertError {
    #[error("the browser's picture cannot be read: {0}")]
    Png(#[from] png::DecodingError),
    #[error("the browser's picture has colours of another kind than RGB")]
    Colours,
    #[error("a picture of {width} x {height} is too large for a {format:?}")]
    TooLarge {
        width: u32,
        height: u32,
        format: Format,
    },
    #[error("the picture cannot be made a GIF: {0}")]
    Gif(#[from] gif::EncodingError),
}

/// Rows of red, green and blue.
struct Pixels {
    width: u32,
    height: u32,
    rgb: Vec<u8>,
}

/// Makes another picture of a PNG. It takes a second for very large ones: not from the runtime's threads.
///
/// # Errors
/// Where it is no PNG, or too large for the format.
pub(in crate::browser::chromium) fn convert(
    png: &[u8],
    format: Format,
) -> Result<Vec<u8>, ConvertError> {
    let pixels = decode(png)?;
    match format {
        Format::Bmp => bmp(&pixels),
        Format::Gif => gif(pixels),
        Format::Ppm => Ok(ppm(&pixels)),
        Format::Pgm => Ok(pgm(&pixels)),
        _ => Ok(png.to_vec()),
    }
}

fn decode(png: &[u8]) -> Result<Pixels, ConvertError> {
    let mut decoder = Decoder::new(Cursor::new(png));
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info()?;
    let too_large = reader.info().size();
    let size = reader.output_buffer_size().ok_or(ConvertError::TooLarge {
        width: too_large.0,
        height: too_large.1,
        format: Format::Png,
    })?;
    let mut bytes = vec![0; size];
    let frame = reader.next_frame(&mut bytes)?;
    bytes.truncate(frame.buffer_size());
    let rgb = match frame.color_type {
        ColorType::Rgb => bytes,
        ColorType::Rgba => bytes.chunks_exact(4).flat_map(on_white).collect(),
        _ => return Err(ConvertError::Colours),
    };
    Ok(Pixels {
        width: frame.width,
        height: frame.height,
        rgb,
    })
}

/// What a pixel looks like on white.
fn on_white(pixel: &[u8]) -> [u8; 3] {
    let alpha = u32::from(pixel[3]);
    let blend = |colour: u8| ((u32::from(colour) * alpha + 255 * (255 - alpha) + 127) / 255) as u8;
    [blend(pixel[0]), blend(pixel[1]), blend(pixel[2])]
}

/// 24 bits a pixel, from the last row to the first, each filled up to four bytes.
fn bmp(pixels: &Pixels) -> Result<Vec<u8>, ConvertError> {
    let Pixels { width, height, rgb } = pixels;
    let (width, height) = (*width, *height);
    let too_large = ConvertError::TooLarge {
        width,
        height,
        format: Format::Bmp,
    };
    let row = (u64::from(width) * 3).next_multiple_of(4);
    let Ok(data) = u32::try_from(row * u64::from(height)) else {
        return Err(too_large);
    };
    let Some(size) = data.checked_add(BMP_HEADERS) else {
        return Err(too_large);
    };
    let mut file = Vec::with_capacity(size as usize);
    file.extend(b"BM");
    for word in [size, 0, BMP_HEADERS, 40, width, height] {
        file.extend(word.to_le_bytes());
    }
    // One plane, 24 bits.
    file.extend([1, 0, 24, 0]);
    // Not packed, its size, 72 dots an inch (2,835 a metre), no palette.
    for word in [0, data, 2835, 2835, 0, 0] {
        file.extend(u32::to_le_bytes(word));
    }
    let length = width as usize * 3;
    for line in rgb.chunks_exact(length.max(1)).rev() {
        file.extend(
            line.chunks_exact(3)
                .flat_map(|rgb| [rgb[2], rgb[1], rgb[0]]),
        );
        file.extend(std::iter::repeat_n(0, row as usize - length));
    }
    Ok(file)
}

fn ppm(pixels: &Pixels) -> Vec<u8> {
    let mut file = format!("P6\n{} {}\n255\n", pixels.width, pixels.height).into_bytes();
    file.extend(&pixels.rgb);
    file
}

/// Grey as Qt weighs colours: 11, 16 and 5 parts of 32.
fn pgm(pixels: &Pixels) -> Vec<u8> {
    let mut file = format!("P5\n{} {}\n255\n", pixels.width, pixels.height).into_bytes();
    let grey = |rgb: &[u8]| {
        let [red, green, blue] = [rgb[0], rgb[1], rgb[2]].map(u32::from);
        ((red * 11 + green * 16 + blue * 5) / 32) as u8
    };
    file.extend(pixels.rgb.chunks_exact(3).map(grey));
    file
}

fn gif(pixels: Pixels) -> Result<Vec<u8>, ConvertError> {
    let Pixels { width, height, rgb } = pixels;
    let (Ok(wide), Ok(high)) = (u16::try_from(width), u16::try_from(height)) else {
        return Err(ConvertError::TooLarge {
            width,
            height,
            format: Format::Gif,
        });
    };
    let frame = gif::Frame::from_rgb_speed(wide, high, &rgb, GIF_SPEED);
    let mut file = Vec::new();
    let mut encoder = gif::Encoder::new(&mut file, wide, high, &[])?;
    encoder.write_frame(&frame)?;
    // It writes the end of the file.
    drop(encoder);
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red, half a red, nothing; green, blue, black.
    const RGBA: [u8; 24] = [
        255, 0, 0, 255, 255, 0, 0, 128, 0, 0, 0, 0, //
        0, 255, 0, 255, 0, 0, 255, 255, 0, 0, 0, 255,
    ];
    const RGB: [u8; 18] = [
        255, 0, 0, 255, 127, 127, 255, 255, 255, //
        0, 255, 0, 0, 0, 255, 0, 0, 0,
    ];

    fn png(width: u32, height: u32, colours: ColorType, pixels: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, width, height);
        encoder.set_color(colours);
        let mut writer = encoder.write_header().expect("a header");
        writer.write_image_data(pixels).expect("pixels");
        writer.finish().expect("an end");
        file
    }

    fn made(format: Format) -> Vec<u8> {
        convert(&png(3, 2, ColorType::Rgba, &RGBA), format).expect("a picture")
    }

    #[test]
    fn a_ppm_has_the_colours_on_white() {
        assert_eq!(
            made(Format::Ppm),
            [b"P6\n3 2\n255\n".as_slice(), &RGB].concat()
        );
        let opaque = convert(&png(3, 2, ColorType::Rgb, &RGB), Format::Ppm).expect("a picture");
        assert_eq!(opaque, made(Format::Ppm));
    }

    #[test]
    fn a_pgm_is_as_grey_as_that_of_phantomjs() {
        assert_eq!(
            made(Format::Pgm),
            [b"P5\n3 2\n255\n".as_slice(), &[87, 171, 255, 127, 39, 0]].concat()
        );
    }

    #[test]
    fn a_bmp_begins_with_its_last_row_and_fills_rows_up() {
        let file = made(Format::Bmp);
        assert_eq!(file.len(), 54 + 2 * 12);
        assert_eq!(file[..6], [b'B', b'M', 78, 0, 0, 0]);
        assert_eq!(file[10..14], [54, 0, 0, 0]);
        assert_eq!(file[18..30], [3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, 0]);
        assert_eq!(file[54..66], [0, 255, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(file[66..69], [0, 0, 255]);
    }

    #[test]
    fn a_gif_has_the_same_colours_where_there_are_few() {
        let file = made(Format::Gif);
        let mut options = gif::DecodeOptions::new();
        options.set_color_output(gif::ColorOutput::RGBA);
        let mut decoder = options.read_info(file.as_slice()).expect("a GIF");
        let frame = decoder.read_next_frame().expect("a frame").expect("one");
        assert_eq!((frame.width, frame.height), (3, 2));
        let colours = frame.buffer.chunks_exact(4).flat_map(|pixel| &pixel[..3]);
        assert!(colours.eq(&RGB));
    }

    #[test]
    fn what_is_too_large_or_no_picture_says_so() {
        let long = png(1, 65_536, ColorType::Rgb, &vec![0; 3 * 65_536]);
        let error = convert(&long, Format::Gif).expect_err("too large");
        assert_eq!(
            error.to_string(),
            "a picture of 1 x 65536 is too large for a Gif"
        );
        assert!(convert(&long, Format::Bmp).is_ok());
        let error = convert(b"GIF89a", Format::Bmp).expect_err("no PNG");
        assert!(matches!(error, ConvertError::Png(_)), "{error}");
        assert!(convert(&long[..200], Format::Ppm).is_err());
    }
}
