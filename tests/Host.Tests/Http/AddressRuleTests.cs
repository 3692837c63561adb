using System.Net;
using WorkflowEngine.Host.Http;

namespace WorkflowEngine.Host.Tests.Http;

public sealed class AddressRuleTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("0.1.2.3")]
    [InlineData("10.0.0.1")]
    [InlineData("10.255.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("100.100.100.200")]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("169.254.170.2")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.250")]
    [InlineData("240.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::7f00:1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("::ffff:0:7f00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:10::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void What_is_not_certainly_public_is_not_reached(string address) => Assert.False(AddressRules.MayReach(IPAddress.Parse(address), []));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData("172.15.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("223.5.5.5")]
    [InlineData("2400:3200::1")]
    [InlineData("2606:4700::1111")]
    public void A_public_address_is_reached(string address) => Assert.True(AddressRules.MayReach(IPAddress.Parse(address), []));

    [Fact]
    public void The_authoritys_own_network_is_reached_where_the_operator_names_it()
    {
        IReadOnlyList<IPNetwork> own = [IPNetwork.Parse("10.8.0.0/16")];

        Assert.True(AddressRules.MayReach(IPAddress.Parse("10.8.3.4"), own));
        Assert.False(AddressRules.MayReach(IPAddress.Parse("10.9.3.4"), own));
        Assert.False(AddressRules.MayReach(IPAddress.Parse("::ffff:10.8.3.4"), own));
    }

    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("100.100.100.200")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.1")]
    public void Metadata_services_and_the_like_are_never_reached_whatever_the_operator_names(string address) =>
        Assert.False(AddressRules.MayReach(IPAddress.Parse(address), [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]));
}
